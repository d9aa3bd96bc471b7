"""Words that bind a quotation to who said it: data, one grammar for each language.

Verbs are fragments of regular expressions, whole words where the script has words; all are finite, so that a match in `say` is the
predicate of its clause.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache

from services.enrich.word_lists import words


class Order(Enum):
    """Where the subject of a verb of saying stands."""

    EITHER = "either"
    """Before it or, by inversion, behind it."""
    VERB_FIRST = "verb first"
    SUBJECT_FIRST = "subject first"
    AROUND = "around"
    """Subject, quotation, verb."""


@dataclass(frozen=True, slots=True)
class Saying:
    """How a language says who said it. Words are in lower case."""

    verbs: str
    order: Order = Order.EITHER
    object_verbs: frozenset[str] = frozenset()
    """Verbs whose following name is who is spoken to (`told X`)."""
    after_only: str = ""
    """What binds only behind a quotation (German `so X`)."""
    pronouns: frozenset[str] = frozenset()
    prepositions: frozenset[str] = frozenset()
    """A name behind one of these is no subject."""
    articles: frozenset[str] = frozenset()
    conjunctions: frozenset[str] = frozenset()
    """Behind one of these another clause has begun."""
    relatives: frozenset[str] = frozenset()
    that: frozenset[str] = frozenset()
    according_to: str = ""
    """`according to` before a name."""
    according_after: str = ""
    """The same behind a name (`zufolge`)."""
    quotative: str = ""
    """What must follow the quotation for a verb to govern it (`と`, `라고`)."""
    subject_mark: str = ""
    """What must follow a name for it to be the subject (`は`, `는`), titles included."""
    pro_drop: bool = False
    """Whether a verb without a subject speaks of whoever spoke last."""
    possessives: tuple[str, ...] = ()
    """Endings written behind a name that make it depend on another noun."""

    def compiled(self, pattern: str) -> re.Pattern[str] | None:
        if not pattern:
            return None
        return _compile(pattern)


@cache
def _compile(pattern: str) -> re.Pattern[str]:
    # Han, kana and Hangul have no word boundaries of use here.
    bounded = pattern if re.search("[\u3040-\u9fff\uac00-\ud7a3]", pattern) else rf"(?<![\w-])(?:{pattern})(?!\w)"
    return re.compile(bounded, re.IGNORECASE)


_FR_PARTICIPLES = (
    "déclaré|dit|affirmé|ajouté|expliqué|précisé|indiqué|assuré|estimé|souligné|lancé|répondu|poursuivi|"
    "écrit|annoncé|martelé|insisté|"
    "rappelé|confié|commenté|conclu|averti|prévenu|dénoncé|regretté|jugé|noté|observé|reconnu|"
    "fait valoir|fait savoir|soutenu|raconté|"
    "témoigné|promis|tweeté|résumé|considéré|argué|rétorqué|répliqué|relevé|renchéri|plaidé|fustigé|"
    "salué|réagi|tonné|décrit|qualifié|"
    "critiqué|demandé|déploré|reproché|constaté|admis|menacé|prédit|accusé|condamné|exhorté|remercié"
)
_IT_PARTICIPLES = (
    "detto|dichiarato|affermato|aggiunto|spiegato|sottolineato|scritto|annunciato|ribadito|osservato|"
    "commentato|ricordato|precisato|"
    "concluso|risposto|assicurato|sostenuto|avvertito|denunciato|ammesso|proseguito|riferito|replicato|"
    "evidenziato|twittato|accusato|"
    "definito|promesso|chiesto|continuato|raccontato|rivelato|esortato"
)
_ES_PARTICIPLES = (
    "dicho|afirmado|asegurado|señalado|explicado|añadido|declarado|subrayado|advertido|indicado|"
    "destacado|recordado|escrito|insistido"
)

SAYING: Mapping[str, Saying] = {
    "fr": Saying(
        verbs=(
            r"(?:a|ont|avait|avaient|aurait)(?:-t-(?:il|elle|on))?"
            rf"(?:\s(?:également|aussi|encore|ensuite|alors|toutefois|\w{{2,20}}ment|par ailleurs|"
            rf"en outre))?\s(?:{_FR_PARTICIPLES})"
            r"|(?:déclare|affirme|dit|ajoute|explique|précise|indique|assure|estime|souligne|lance|répond|"
            r"poursuit|écrit|annonce|martèle|"
            r"insiste|rappelle|confie|commente|conclut|avertit|prévient|dénonce|regrette|reconnaît|raconte|"
            r"témoigne|promet|résume|"
            r"rétorque|réplique|renchérit|plaide|réagit|soutient|juge-t|note-t|observe-t)(?:(?:-t)?-(?:il|elle))?"
            r"|déclara|ajouta|répondit|affirma|expliqua"
        ),
        pronouns=words("il elle"),
        prepositions=words(
            "à au aux avec de du des d' d’ chez contre pour par sur selon envers entre devant sans vers après "
            "avant dont en auprès"
        ),
        articles=words("le la les l' l’ un une son sa ses leur"),
        conjunctions=words("et mais tandis alors car or quand lorsque puis"),
        relatives=words("qui dont"),
        that=words("que qu' qu’"),
        according_to=r"selon|d['’]après",
    ),
    "en": Saying(
        verbs=(
            "said|says|say|saying|told|tells|added|adds|adding|stated|declared|declares|announced|warned|warns|"
            "insisted|insists|replied|"
            "replies|responded|asked|asks|wrote|writes|tweeted|posted|explained|explains|noted|argued|argues|claimed|stressed|"
            "emphasised|emphasized|continued|recalled|concluded|commented|remarked|admitted|acknowledged|joked|"
            "quipped|predicted|"
            "testified|vowed|pledged|promised|urged|described|accused|denounced|condemned|praised|hailed|confirmed|suggested|"
            "observed|countered|shouted|reiterated|recounted|lamented|called"
        ),
        object_verbs=words(
            "told tells warned warns urged asked asks accused denounced condemned praised hailed described called"
        ),
        pronouns=words("he she"),
        prepositions=words(
            "to of with about for against from after before by on in at between under over among toward towards "
            "without near via as than "
            "behind like into including"
        ),
        articles=words("the a an his her its their"),
        conjunctions=words("and but while as because when although though so after if"),
        relatives=words("who whom whose that which"),
        that=words("that"),
        according_to="according to|in the words of",
        possessives=("'s", "’s", "'", "’"),
    ),
    "de": Saying(
        verbs=(
            "sagte|sagt|sagten|erklärte|erklärt|betonte|betont|meinte|meint|ergänzte|ergänzt|fügte|schrieb|"
            "schreibt|warnte|warnt|forderte|"
            "fordert|kündigte|teilte|berichtete|berichtet|behauptete|kritisierte|kritisiert|bekräftigte|"
            "versicherte|antwortete|fragte|"
            "sprach|räumte|äußerte|mahnte|lobte|twitterte|urteilte|konstatierte|unterstrich|verkündete|"
            "bezeichnete|nannte|beklagte|"
            "bedauerte|drohte|erwiderte|entgegnete|erzählte|erzählt|verurteilte|wiederholte|versprach"
        ),
        after_only="so",
        object_verbs=words("warnte warnt fragte lobte kritisierte kritisiert verurteilte bezeichnete nannte"),
        pronouns=words("er sie"),
        prepositions=words(
            "mit von vom gegen zu zum zur an am für über bei beim nach aus auf in im vor um ohne unter zwischen "
            "wegen gegenüber neben trotz"
        ),
        articles=words("der die das den dem des ein eine einen einem einer seine seinem seiner"),
        conjunctions=words("und aber während doch sondern denn weil als wenn"),
        relatives=words("der die den dem"),
        that=words("dass daß"),
        according_to="laut|nach Angaben von|nach den Worten von",
        according_after="zufolge",
    ),
    "es": Saying(
        verbs=(
            "dijo|dice|afirmó|afirma|declaró|señaló|señala|aseguró|asegura|explicó|explica|añadió|añade|agregó|"
            "indicó|manifestó|sostuvo|"
            "sostiene|expresó|aseveró|subrayó|destacó|advirtió|recordó|insistió|apuntó|comentó|respondió|"
            "escribió|anunció|reiteró|"
            "denunció|lamentó|reconoció|admitió|criticó|precisó|detalló|remarcó|recalcó|enfatizó|puntualizó|"
            "concluyó|prometió|tuiteó|"
            rf"acusó|calificó|contestó|contó|cuenta|preguntó|instó|condenó|replicó|zanjó|(?:ha|había)\s(?:{_ES_PARTICIPLES})"
        ),
        pronouns=words("él ella"),
        prepositions=words("a al con de del para por contra sobre según en entre desde hacia ante tras sin como"),
        articles=words("el la los las un una su sus"),
        conjunctions=words("y e pero mientras aunque porque cuando"),
        relatives=words("que quien quienes cuyo"),
        that=words("que"),
        according_to="según|de acuerdo con|en palabras de|a juicio de",
        pro_drop=True,
    ),
    "pt": Saying(
        verbs=(
            "disse|diz|afirmou|afirma|declarou|declara|explicou|explica|acrescentou|completou|ressaltou|destacou|"
            "informou|garantiu|"
            "defendeu|escreveu|respondeu|alertou|lembrou|reforçou|contou|conta|comentou|criticou|anunciou|"
            "sublinhou|salientou|frisou|"
            "referiu|adiantou|concluiu|pontuou|avaliou|argumentou|admitiu|reconheceu|prometeu|reiterou|enfatizou|"
            "apontou|considerou|"
            "assegurou|acusou|classificou|lamentou|questionou|perguntou|observou|relatou|postou|publicou|rebateu|ironizou"
        ),
        pronouns=words("ele ela"),
        prepositions=words(
            "a ao à aos às com de do da dos das para pelo pela por contra sobre segundo em no na entre desde ante após sem como"
        ),
        articles=words("o a os as um uma seu sua"),
        conjunctions=words("e mas enquanto embora porque quando"),
        relatives=words("que quem cujo"),
        that=words("que"),
        according_to="segundo|de acordo com|conforme",
        pro_drop=True,
    ),
    "it": Saying(
        verbs=(
            rf"(?:ha|hanno|aveva)\s(?:(?:anche|poi|inoltre|quindi|infine)\s)?(?:{_IT_PARTICIPLES})"
            "|dice|afferma|dichiara|aggiunge|spiega|sottolinea|scrive|disse|affermò|aggiunse|dichiarò|conclude|"
            "prosegue|continua|"
            "ribadisce|osserva|commenta|precisa|sostiene|racconta|annuncia|risponde|attacca|assicura|avverte|replica|twitta"
        ),
        pronouns=words("lui lei egli"),
        prepositions=words(
            "a al alla allo all' all’ con di del della dello dell' dell’ dei degli delle d' d’ da dal dalla "
            "dall' dall’ per contro su sul "
            "secondo in nel nella tra fra verso senza dopo come"
        ),
        articles=words("il lo la l' l’ i gli le un una suo sua"),
        conjunctions=words("e ed ma mentre perché quando anche"),
        relatives=words("che cui"),
        that=words("che"),
        according_to="secondo|a detta di|stando a",
        pro_drop=True,
    ),
    "ru": Saying(
        verbs=(
            "(?:сказал|заявил|отметил|подчеркнул|добавил|сообщил|написал|рассказал|пояснил|объяснил|указал|"
            "ответил|уточнил|напомнил|"
            "предупредил|призвал|обвинил|назвал|констатировал|резюмировал|заключил|признал|спросил|заверил|"
            "пообещал|прокомментировал|"
            "продолжил|заметил|говорил|передал|подтвердил|выразил|раскритиковал|осудил|отреагировал)[аи]?"
            "|утверждает|говорит|считает|пишет|отмечает|подчеркивает|подчёркивает|заявляет|поясняет"
        ),
        pronouns=words("он она"),
        prepositions=words(
            "с со к ко о об от для про у из против по при в во на за перед после между без над под через"
        ),
        conjunctions=words("и а но однако пока когда если"),
        relatives=words("который которая которого которому которым"),
        that=words("что"),
        according_to="по словам|по мнению|со слов|по утверждению",
    ),
    "uk": Saying(
        verbs=(
            "(?:сказа|заяви|зазначи|наголоси|дода|повідоми|написа|поясни|підкресли|вказа|уточни|нагада|попереди|назва|"
            "запевни|пообіця|прокоментува|продовжи|зауважи|акцентува|заклика|звинувати|визна|переда)(?:в|ла|ли)"
            "|розповів|розповіла|відповів|відповіла|каже|говорить|вважає|стверджує|пише|зазначає|наголошує"
        ),
        pronouns=words("він вона"),
        prepositions=words("з із зі до про від для у в на за перед після між без над під через проти щодо по при"),
        conjunctions=words("і й та а але однак поки коли якщо"),
        relatives=words("який яка якого якому яким"),
        that=words("що"),
        according_to="за словами|на думку|зі слів|на переконання",
        pro_drop=True,
    ),
    "pl": Saying(
        verbs=(
            "(?:powiedział|dodał|oświadczył|stwierdził|podkreślił|napisał|zaznaczył|mówił|przekazał|poinformował|"
            "ocenił|wyjaśnił|zapewnił|"
            "odpowiedział|przyznał|zauważył|tłumaczył|apelował|zapowiedział|skomentował|podsumował|przypomniał|"
            "relacjonował|wskazał)a?"
            "|ostrzegł|ostrzegła|mówi|twierdzi|uważa|pisze|podkreśla|dodaje|ocenia"
        ),
        pronouns=words("on ona"),
        prepositions=words(
            "z ze do o od dla u w we na za przed po między bez nad pod przez przeciw przeciwko przy według wobec"
        ),
        conjunctions=words("i a ale oraz jednak gdy kiedy podczas"),
        relatives=words("który która którego któremu którym"),
        that=words("że iż"),
        according_to="według|zdaniem|jak twierdzi",
        pro_drop=True,
    ),
    "ar": Saying(
        verbs=(
            "[وف]?(?:قال|قالت|أضاف|أضافت|أكد|أكدت|أكّد|صرح|صرحت|صرّح|أوضح|أوضحت|ذكر|ذكرت|أعلن|أعلنت|أشار|أشارت|"
            "اعتبر|اعتبرت|شدد|شددت|"
            "شدّد|كتب|كتبت|تابع|تابعت|لفت|لفتت|رأى|رأت|زعم|زعمت|حذر|حذرت|حذّر|يقول|تقول|يؤكد|نوه|اتهم|وصف|وصفت|دعا|طالب|جدد)"
            "|قائلا|قائلاً|قائلة|مضيفا|مضيفاً|مؤكدا|مؤكداً"
        ),
        order=Order.VERB_FIRST,
        prepositions=words("مع من إلى على عن في ضد بين عند لدى حول بعد قبل خلال نحو"),
        conjunctions=words("لكن بينما فيما"),
        relatives=words("الذي التي"),
        that=words("إن أن إنه إنها أنه أنها"),
        according_to="بحسب|حسب|وفقا ل|وفقاً ل",
        pro_drop=True,
    ),
    "fa": Saying(
        verbs=(
            "گفت|گفته است|گفته|افزود|تأکید کرد|تاکید کرد|اظهار داشت|اظهار کرد|تصریح کرد|خاطرنشان کرد|بیان کرد|"
            "نوشت|اعلام کرد|عنوان کرد|"
            "ادامه داد|هشدار داد|یادآور شد|توضیح داد|می‌گوید|می گوید|می‌نویسد|خواند|مدعی شد"
        ),
        order=Order.SUBJECT_FIRST,
        pronouns=words("او وی"),
        prepositions=words("با از به بر در برای علیه درباره بین نزد"),
        conjunctions=words("و اما ولی"),
        relatives=words("که"),
        that=words("که"),
        according_to="به گفته|به نقل از",
        pro_drop=True,
    ),
    "zh": Saying(
        verbs=(
            "表示|指出|强调|強調|认为|認為|写道|寫道|声称|聲稱|宣称|宣稱|补充|補充|回应|回應|透露|宣布|警告|呼吁|呼籲|坦言|直言|重申|批评|批評|解释|"
            "解釋|承认|承認|提到|告诉|告訴|说|說|称|稱"
        ),
        order=Order.SUBJECT_FIRST,
        pronouns=words("他 她"),
        prepositions=words("对 對 向 和 与 與 跟 同 把 将 將 被 给 給 为 為 於 于 的"),
        conjunctions=words("但 而 但是 不过 不過"),
        according_to="据|據|根据|根據",
        possessives=("的",),
    ),
    "ja": Saying(
        verbs=(
            "述べ|語っ|語り|話し|話す|発言|強調|説明|主張|表明|指摘|批判|警告|明らかに|言っ|言い|いう|コメント|訴え|答え|伝え|記し|書い|投稿|応じ|"
            "呼びかけ|呼び掛け|断言|宣言|反論|振り返|評価|つぶや|釘を刺|抗議|約束|称賛|非難"
        ),
        order=Order.AROUND,
        quotative=r"^(?:など)?(?:と|って)",
        subject_mark=r"^[^のにをとへ、。「」・]{0,12}?[はがも]",
        according_after="によると|によれば",
        pro_drop=True,
    ),
    "ko": Saying(
        verbs=(
            "말했|밝혔|전했|강조했|설명했|덧붙였|주장했|비판했|언급했|지적했|답했|적었|썼|경고했|반박했|호소했|촉구했|평가했|당부했|말하|밝히|"
            "토로했|회고했|소개했|일축했|선언했|약속했|다짐했|내다봤|꼬집었|질타했|직격했|역설했|요구했|부연했|했다|했습니다|하며|하면서"
        ),
        order=Order.AROUND,
        quotative=r"^(?:이라|라|다|냐|자)?(?:고|며|면서)",
        subject_mark=r"^(?!의|에게|을|를|와|과|도)(?:\s?[가-힣]{0,7}){0,3}?(?:은|는|이|가|께서)(?=[\s,，“\"]|$)",
        according_after="에 따르면|에 의하면",
        pro_drop=True,
    ),
    "tr": Saying(
        verbs=(
            "dedi|diyor|söyledi|belirtti|ifade etti|açıkladı|vurguladı|kaydetti|konuştu|yazdı|ekledi|ifadelerini kullandı|"
            "ifadesini kullandı|dile getirdi|değerlendirmesinde bulundu|açıklamasında bulundu|uyardı|savundu|aktardı|bildirdi|"
            "yanıtını verdi|cevabını verdi|çağrısında bulundu|paylaştı"
        ),
        order=Order.AROUND,
        quotative=r"^[\s,]*(?=\w)",
        subject_mark=r"^(?!['’])",
        according_after="['’]?y?[ae] göre",
        pro_drop=True,
    ),
}
