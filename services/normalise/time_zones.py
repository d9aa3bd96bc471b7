"""Zone names of feeds, as minutes east of Greenwich.

RFC 822 knows the American ones only; the others are the abbreviations of the IANA database that publishers write. Where a name
is used in several places, it is the one with the most news (``CST`` Chicago, ``IST`` India, ``BST`` London).
"""

OFFSET_MINUTES = {
    name: int(hours * 60)
    for hours, names in (
        (0, "Z UT UTC GMT WET"),
        (1, "BST CET MEZ MET WEST WAT"),
        (2, "CEST MESZ EET CAT SAST"),
        (3, "EEST MSK TRT EAT IDT МСК"),
        (3.5, "IRST"),
        (4, "GST SAMT AZT GET MSD"),
        (4.5, "AFT"),
        (5, "PKT UZT YEKT"),
        (5.5, "IST"),
        (5.75, "NPT"),
        (6, "BDT OMST"),
        (6.5, "MMT"),
        (7, "WIB ICT KRAT NOVT"),
        (8, "AWST SGT HKT PHT WITA MYT IRKT ULAT"),
        (9, "JST KST WIT YAKT"),
        (9.5, "ACST"),
        (10, "AEST VLAT CHST"),
        (10.5, "ACDT"),
        (11, "AEDT SAKT MAGT"),
        (12, "NZST FJT PETT"),
        (13, "NZDT"),
        (-2.5, "NDT"),
        (-3, "ADT BRT ART UYT CLST"),
        (-3.5, "NST"),
        (-4, "AST EDT CLT VET BOT"),
        (-5, "EST CDT COT PET ECT"),
        (-6, "CST MDT"),
        (-7, "MST PDT"),
        (-8, "PST AKDT"),
        (-9, "AKST"),
        (-10, "HST"),
        (-11, "SST"),
    )
    for name in names.split()
}
