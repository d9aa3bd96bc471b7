"""Lens panels as Kibana stores them: one layer of columns, and how it is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

LAYER = "layer"


@dataclass(frozen=True)
class Column:
    """`id` is ours; `body` is what Kibana calls a column."""

    id: str
    body: dict[str, Any]


def count(label: str) -> Column:
    return Column("count", _number(label) | {"operationType": "count", "sourceField": "___records___"})


def distinct(field: str, label: str) -> Column:
    """An estimate (HyperLogLog), exact up to some thousands."""
    return Column(f"distinct-{field}", _number(label) | {"operationType": "unique_count", "sourceField": field})


def over_time(field: str) -> Column:
    return Column(
        "time",
        {
            "label": field,
            "dataType": "date",
            "operationType": "date_histogram",
            "sourceField": field,
            "isBucketed": True,
            "scale": "interval",
            "params": {"interval": "auto", "includeEmptyRows": True, "dropPartials": False},
        },
    )


def top(field: str, label: str, size: int, by: Column, *, others: bool = False) -> Column:
    """The most frequent values of a keyword field, by another column."""
    return Column(
        f"top-{field}",
        {
            "label": label,
            "customLabel": True,
            "dataType": "string",
            "operationType": "terms",
            "sourceField": field,
            "isBucketed": True,
            "scale": "ordinal",
            "params": {
                "size": size,
                "orderBy": {"type": "column", "columnId": by.id},
                "orderDirection": "desc",
                "otherBucket": others,
                "missingBucket": False,
                "parentFormat": {"id": "terms"},
            },
        },
    )


def bars(data_view: str, time_field: str, split: str, size: int = 10) -> dict[str, Any]:
    """Documents over time, stacked by the values of a field."""
    number = count("Documents")
    parts, time = top(split, split, size, number, others=True), over_time(time_field)
    drawing = {
        "preferredSeriesType": "bar_stacked",
        "legend": {"isVisible": True, "position": "right"},
        "valueLabels": "hide",
        "fittingFunction": "None",
        "axisTitlesVisibilitySettings": {"x": False, "yLeft": False, "yRight": False},
        "layers": [
            {
                "layerId": LAYER,
                "layerType": "data",
                "seriesType": "bar_stacked",
                "xAccessor": time.id,
                "splitAccessor": parts.id,
                "accessors": [number.id],
            }
        ],
    }
    return _attributes("lnsXY", data_view, [parts, time, number], drawing)


def table(data_view: str, field: str, label: str, numbers: list[Column], size: int = 50) -> dict[str, Any]:
    """The values of a field that lead by the first of the numbers."""
    columns = [top(field, label, size, numbers[0]), *numbers]
    drawing = {
        "layerId": LAYER,
        "layerType": "data",
        "columns": [{"columnId": column.id} for column in columns],
        "sorting": {"columnId": numbers[0].id, "direction": "desc"},
        "paging": {"size": 10, "enabled": True},
    }
    return _attributes("lnsDatatable", data_view, columns, drawing)


def metric(data_view: str, number: Column, query: str = "") -> dict[str, Any]:
    drawing = {"layerId": LAYER, "layerType": "data", "metricAccessor": number.id}
    return _attributes("lnsMetric", data_view, [number], drawing, query)


def _number(label: str) -> dict[str, Any]:
    return {
        "label": label,
        "customLabel": True,
        "dataType": "number",
        "isBucketed": False,
        "scale": "ratio",
        "params": {"emptyAsNull": False},
    }


def _attributes(
    kind: str, data_view: str, columns: list[Column], drawing: dict[str, Any], query: str = ""
) -> dict[str, Any]:
    layer = {
        "columns": {column.id: column.body for column in columns},
        "columnOrder": [column.id for column in columns],
        "incompleteColumns": {},
    }
    return {
        "title": "",
        "type": "lens",
        "visualizationType": kind,
        "references": [{"type": "index-pattern", "id": data_view, "name": f"indexpattern-datasource-layer-{LAYER}"}],
        "state": {
            "visualization": drawing,
            "query": {"query": query, "language": "kuery"},
            "filters": [],
            "datasourceStates": {"formBased": {"layers": {LAYER: layer}}},
            "internalReferences": [],
            "adHocDataViews": {},
        },
    }
