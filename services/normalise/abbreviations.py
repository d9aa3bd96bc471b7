"""Words after which a full stop ends no sentence.

Lists after CLDR's sentence-break suppressions and the style books of AP, dpa, AFP, EFE and TASS. Upper and lower case count:
"Wash." is a state, "wash." ends a sentence.
"""

import re

_VOWELS = frozenset("aeiouyàáâãäåæèéêëìíîïòóôõöøœùúûüýÿăąęěėīōūůűőаеёиіїоуыэюяєαεηιουωάέήίόύώ")


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_ABBREVIATIONS = _words("""
    Mr Mrs Ms Mme Mlle Mgr Dr Dra Drs Pr Prof prof Sr Sra Srta Sres Jr St Ste Sta Sto Fr Rev Hon Gov Sen Rep
    Reps Sens Gen Lt Col Capt Cpt Cmdr Adm Sgt Maj Pvt Supt Insp Det Pres Atty Amb Ambas Esq Messrs Inc Corp Co
    Cos Ltd LLC Bros Cie Cía GmbH Dept dept Univ Assn Assoc Ave Blvd boul Bd Rd Hwy Mt Ft ft No Nos no nos Nr nr
    Vol vol vols Fig fig figs Sec sec Ch ch Art art arts Abs abs Par par Eq eq Ed ed eds Éd éd trad cf Cf vs etc
    al approx est Est ext Ext tel Tel Tél tél min mins max hr hrs secs mil Ariz Ala Ark Calif Colo Conn Del Fla
    Ga Ill Ind Kan Ky La Mass Md Mich Minn Miss Mo Mont Neb Nev Okla Ore Pa Tenn Tex Va Vt Wash Wis Wyo Ont Que
    Alta Sask Jan Feb Febr Mar Apr Jun Jul Aug Sep Sept Oct Okt Nov Dec Dez jan feb febr mar apr avr jun jul
    juil juill aug août sep sept oct okt nov déc dec dez janv févr ene abr ago dic gen giu lug set ott out Mon
    Tue Tues Wed Thu Thur Thurs Fri Sat Sun env hab ap av chap coll dir dép ex fasc hors
    ibid id inf ms op ouv pag pág págs pl réf sq suiv suppl ca cap col cit der dpto EEUU EE UU FF AA RR HH núm
    num pdte ptas seg tfno vid Ud Uds Exmo Exma Ilmo bibl com ecc dott Dott sig Sig avv Avv ing Ing on On arch
    geom rag sen segg pagg lett tav ill bzw ggf evtl inkl exkl zzgl usw vgl ehem gest geb verh stellv einschl
    allg bes Hrsg Aufl Kap Abt Dipl Mio Mrd Mill Tsd Std Min Sek Jh Jhd Jhdt sog ugs med phil jur vet rer nat
    habil Str Tab Abb Pos Nrn zit bijv resp incl excl mln mld mrd evt jl dhr mevr drs mr ir blz dvs kr mio mia
    pct kl fx osv mv bl jf afd tys godz ok proc woj pow gm ul płk ppłk św np tzw tzn tj ww wg im ang łac pt inż
    mgr např tzv tis odst roč popř atd apod vb yy sn Av Doç Yrd гг вв млн млрд тыс трлн руб коп долл чел ул пр
    просп пер пл обл гор им др проф акад доц чл корр зам зав пред нач ред изд стр рис табл см напр англ нем фр
    лат греч тел факс кв корп эт час мин сек год гос кг км га мес дн экз ст ч гр тов господ адм ген полк подп
    грн крб вул пров буд смт оз рр тис
""")
_ROMAN = re.compile(r"[IVXLC]{1,6}")


def is_abbreviation(word: str) -> bool:
    """True when the full stop after ``word`` (no stop of its own, one run of non-space characters) may belong to it.

    Besides the listed ones: single letters and initials, words with a stop or hyphen inside their initials (``p.m``, ``J.-C``),
    figures (ordinals in German, Polish, Turkish; ``Elisabeth II.``), and what has no vowel and so is no full word.
    """
    if len(word) <= 1 or "." in word or _ROMAN.fullmatch(word) or any(char.isdigit() for char in word):
        return True
    last = word.replace("’", "-").replace("'", "-").rpartition("-")[2]
    if len(last) <= 1 or word in _ABBREVIATIONS or last in _ABBREVIATIONS:
        return True
    return not last.isupper() and last[0].isalpha() and _VOWELS.isdisjoint(last.lower())
