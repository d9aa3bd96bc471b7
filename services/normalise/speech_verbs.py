"""Words by which a clause after a question or an exclamation names its speaker: “Who knows? he asked.”"""

import re

_LISTED = """
    he she they i we said says asked asks replied replies added cried shouted wondered wonders tweeted wrote writes recalled joked
    il elle ils elles dit disait demande demandait répond répondait lance lançait exclame interroge ajoute écrit raconte insiste
    er sie fragt fragte sagt sagte rief ruft schrieb schreibt meint meinte antwortete heißt
    él ella pregunta preguntó preguntaba dijo dice exclamó respondió escribió añadió
    lui lei chiede chiese disse esclama esclamò rispose scrive ha
    ele ela pergunta perguntou questiona questionou respondeu escreveu exclamou diz
    hij zij vraagt vroeg zei zegt schreef
    pyta pytał pytała zapytał zapytała mówi powiedział powiedziała napisał
    он она спросил спросила спрашивает сказал сказала говорит воскликнул воскликнула ответил ответила написал написала
    він вона запитав запитала питає сказав каже вигукнув відповів написав
"""
_WORDS = frozenset(_LISTED.split())
_SEPARATORS = re.compile(r"[\s\-’',]+")


def introduces_speaker(clause: str) -> bool:
    """True when ``clause`` (lower case at its start) holds a verb of saying or a subject pronoun, in ten languages."""
    return not _WORDS.isdisjoint(_SEPARATORS.split(clause.lower().strip(".")))
