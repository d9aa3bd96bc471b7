"""Capitalised names that are ordinary words, months or days: a capital letter proves nothing where any word may have one.

By language, in lower case. Only words that aliases of well-known actors really collide with.
"""

from __future__ import annotations

from collections.abc import Mapping

from services.enrich.word_lists import words

WORDS: Mapping[str, frozenset[str]] = {
    "en": words(
        "who us it un may will bush apple meta amazon oracle gap visa target shell orange ford "
        "square block sky sun time fortune nature science oxford post mail guardian times mirror "
        "star express polish chad cook powell lee kim park moon ban young long brown black white "
        "green rice price pence case gates jobs buffet page pope king prince grant chase stone "
        "wood hope faith grace rose marks mark bill drew frank jack pat rob rich nick guy gene "
        "duke dean earl sage unity union state nation labour liberal democrat republican reform "
        "fed as is an at so no or in on alphabet intel uber lyft snap slack zoom dell boots next "
        "first best good well major minor spring tide cisco arm caterpillar match peninsula fox "
        "cable aid act age ice eta wells hunt"
    ),
    "fr": words(
        "un une orange total le la les son car or mai mars août monde croix figaro pape suite sud "
        "nord est ouest rire valls rocher point express libération lien chine inde roche petit "
        "legrand lemaire maire roi bon blanc noir rose pain ai on an"
    ),
    "de": words(
        "bild welt zeit spiegel stern mai kurz ein eine und der die das in im am an war wer wir "
        "grün grünen linke linken union bahn post bund kern koch weber bauer könig kaiser stark "
        "klein groß lang jung alt reich arm adler ei eu"
    ),
    "es": words(
        "mayo marzo sol razón mundo país vanguardia papa rey un una el la casa iglesias calvo "
        "rubio cruz mar mas más paz"
    ),
    "it": words("sole stampa papa re monti conte foglio lega un una il la mai eni"),
    "pt": words("globo folha estado papa rei um uma o a os as costa cunha marinho vale vivo"),
    "tr": words("çin fas mali akar gül yıldız kılıç özel iran ak an o bu"),
    "pl": words("duda może po pan mali niger"),
    "ru": words(
        "надежда надежды надежду надежде надеждой любовь любви любовью вера веры веру вере верой роза розы "
        "розу слава славы славу мир маск волк комиссия совет лента известия труд мишень"
    ),
    "uk": words("мир маск рада єс голос"),
    "ar": words(
        "مالي عمان الاسد رييسي رئيسي سلام علي حسن حسين محمد كريم الجزيره الشرق الوطن الحياه  العربيه النهار فرنس"
    ),
    "fa": words("مالي جهان كيهان اطلاعات رييسي رئيسي سلام علي حسن حسين"),
    "he": words("לפיד לוי כהן הארץ כאן שלום בנט"),
    "nl": words("een de het in mark rutte trouw parool"),
}
_NONE: frozenset[str] = frozenset()

CALENDAR = words(
    "january february march april may june july august september october november december "
    "monday tuesday wednesday thursday friday saturday sunday janvier février mars avril mai "
    "juin juillet août septembre octobre novembre décembre lundi mardi mercredi jeudi vendredi "
    "samedi dimanche januar februar märz juni juli oktober dezember montag dienstag mittwoch "
    "donnerstag freitag samstag sonnabend sonntag enero febrero marzo abril mayo junio julio "
    "agosto septiembre octubre noviembre diciembre lunes martes miércoles jueves viernes "
    "sábado domingo gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre "
    "lunedì martedì mercoledì giovedì venerdì sabato domenica janeiro fevereiro março maio "
    "junho julho setembro outubro dezembro segunda terça quarta quinta sexta январь февраль "
    "март апрель май июнь июль август сентябрь октябрь ноябрь декабрь понедельник вторник "
    "среда четверг пятница суббота воскресенье январе феврале марте апреле мае июне июле "
    "августе сентябре октябре ноябре декабре"
)
"""Months and days that some language writes with a capital."""


def common_words(language: str) -> frozenset[str]:
    return WORDS.get(language, _NONE)
