"""A person's family name out of the full name: what papers print after the first mention."""

from __future__ import annotations

import re

from services.enrich.folding import fold_name
from services.enrich.word_lists import words

PARTICLES = words(
    "de del della dei di da do dos das du des la le les van von vom zu zur der den ter ten bin "
    "ibn ben bint abu al el ul ur as es ash an at as e y af av ap фон ван де дер да ди ла аль "
    "эль бин ибн ас аш ед ель бен بن ابن ابو بنت آل דה בן אבו"
)
"""Lower-case words that belong to the family name behind them."""

_SUFFIXES = words("jr jr. sr sr. fils père junior senior мл. ст. мл ст молодший الابن پسر הבן האב जूनियर सीनियर 주니어")
_ORDINALS = words(
    "الاول الثاني الثالث الرابع الخامس السادس السابع الثامن العاشر اول دوم سوم چهارم پنجم ششم هفتم הראשון השני השלישי הרביעי החמישי השישי "
    "प्रथम द्वितीय तृतीय चतुर्थ पंचम षष्ठ"
)
"""Of kings and popes, in languages that write them out."""
_NO_FAMILY = words("الله اللہ לי אור 부통령 대통령 총리 국왕 교황")
"""Ordinary words that end some full names."""
_NUMERAL = re.compile("[IVX]{1,5}\\.?")

_FAR_EASTERN = frozenset({"CN", "TW", "HK", "MO", "KR", "KP", "VN", "SG", "MY", "KH"})
# Family names of the Far East in romanisation; with these in front a name of these countries begins with its family name.
FAR_EASTERN_FAMILIES = words(
    "kim lee yi rhee li park pak bak choi choe jung jeong chung kang cho jo yoon yun youn jang "
    "chang lim im rim han oh o seo shin sin kwon hwang ahn an song ryu yoo yu jeon jun chun "
    "hong ko go moon mun yang son sohn bae baek paik heo hur nam shim sim no roh ri ha kwak "
    "sung cha joo ju woo koo ku min na jin chi ji hyon ro pyon kwon wang zhang liu chen huang "
    "zhao zhou wu xu sun hu zhu gao lin he guo ma luo liang zheng xie tang deng xi cao peng "
    "zeng xiao tian dong pan yuan cai jiang yu du ye cheng wei su lü lu ding ren shen yao jia "
    "zou xiong bai meng qin qiu hou xia tan fang pang miao shi dai mo kong wen qiao hao ban "
    "nguyen tran pham hoang phan vu vo dang bui do ngo to thong tsai lai chiang hung ke ho "
    "tsang tung carrie hun sok fumio sin lam chow cheung leung tam jimmy ding jin cui nong han "
    "pu wong hsiao kuo chu shao "
    "ким пак ли чон чхве чхой цой кан чо юн чан лим хан о со шин син квон хван ан сон рю ю чин мун ян пэ хо нам кім лі чой чхон ву"
)


def family_first(name: str, country: str | None) -> bool:
    """Whether `name`, in Latin letters, begins with the family name: Kim Jong-un, Xi Jinping, not Jensen Huang."""
    words = fold_name(name).split(" ")
    if country not in _FAR_EASTERN or not 2 <= len(words) <= 4:
        return False
    return words[0] in FAR_EASTERN_FAMILIES


def family_name(name: str, *, first: bool) -> str | None:
    """`von der Leyen` of `Ursula von der Leyen`; None for a name of one word. Written as in `name`, hyphens included."""
    words = name.split()
    while len(words) > 1 and words[-1].lower() in _SUFFIXES:
        words.pop()
    if len(words) < 2 or any(_NUMERAL.fullmatch(word) or fold_name(word) in _ORDINALS for word in words):
        # Kings and popes have a number instead: Felipe VI, Carlos III de Inglaterra.
        return None
    if first:
        return words[0]
    at = len(words) - 1
    while at > 1 and fold_name(words[at - 1]) in PARTICLES:
        at -= 1
    family = " ".join(words[at:])
    return None if fold_name(family) in _NO_FAMILY else family


def given_name(name: str, *, first: bool) -> str | None:
    """The word in front of a full name; None where that is the family name or the name has one word."""
    words = name.split()
    return None if first or len(words) < 2 else words[0]
