"""Small words that an editing or translating tool puts in brackets, by language.

A list serves two ways: its words betray a tool in texts of other languages, and are an editor's own insertion at home. The lists
of languages without a use of their own (Romanian ``are``, Polish ``to``) are here for the second.
"""


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


FUNCTION_WORDS = {
    "en": _words("""
        a an the is are was were be been being am has have had do does did will would can could should may might
        must to of in on at by for from with as and or but not that which who whom whose this these those there
        it its he she they them his her their we our you your i my me if so than then when where while into
        about also
    """),
    "fr": _words("""
        le la les un une des du de au aux et ou où est sont était étaient a ont avait avaient être été sera
        seront ce cet cette ces qui que dont il elle ils elles son sa ses leur leurs nous notre nos vous votre
        vos je mon ma mes pas ne en dans par pour sur avec sans se y mais si tu on as or an me te lui car donc
    """),
    "de": _words("""
        der die das den dem des ein eine einen einem einer und oder ist sind war waren sein hat haben hatte
        hatten wird werden wurde wurden nicht zu zum zur im in an am auf aus bei mit nach von vor für über um
        als wie dass es er sie wir ihr ihre ich mein will was also man so da her hin wo wer
    """),
    "es": _words("""
        el la los las un una unos unas y o u e es son era eran fue fueron ser ha han había habían está están de
        del a al en por para con sin sobre que quien cual su sus se no lo le les me te nos mi mis yo tú él ella
        ellos si más como has he
    """),
    "it": _words("""
        il lo la i gli le un uno una e ed o è sono era erano fu ha hanno aveva avevano essere stato di del della
        dei delle a al alla da dal in nel con su per tra fra che chi cui non si ci ne mi ti suo sua loro lui lei
        noi voi ma se come
    """),
    "pt": _words("""
        o a os as um uma uns umas e ou é são era eram foi foram ser está estão tem têm tinha há de do da dos das
        em no na nos nas ao à por para com sem que quem se não seu sua seus suas ele ela eles elas me te nós eu
        mas for sou
    """),
    "nl": _words("""
        de het een en of is zijn was waren ben bent heeft hebben had hadden wordt worden werd te van in op aan
        bij met voor naar uit om als dat die dit deze er niet ook we wij ze zij hij hem haar hun ik mijn je so
        will me over
    """),
    "ro": _words("""
        a al ale ai are au am avea un o unei unui de la în din pe cu și sau că care este e sunt era erau fi fost
        nu se să lui ei lor in as
    """),
    "sv": _words("""
        en ett den det de och eller är var vara har hade i på av till för med om att som inte han hon vi ni sin
        is man will her
    """),
    "da": _words("""
        en et den det de og eller er var være har havde i på af til for med om at som ikke han hun vi sin her
        have by so man me
    """),
    "no": _words("""
        en et den det de og eller er var være har hadde i på av til for med om at som ikke han hun vi sin her so
        man me
    """),
    "pl": _words("""
        i a w z na do o od po to że się nie jest są był była było byli być ten ta te on ona ono oni my we za dla
        jak co by as an
    """),
    "cs": _words("""
        a i v z na do o od po to že se ne je jsou byl byla bylo být ten ta on ona my ve za pro jak co by
    """),
    "hu": _words("""
        a az egy és is be ki meg nem hogy volt van én te ő mi ti has
    """),
    "tr": _words("""
        ve bir bu şu o da de ki mi mu on var için ile an at her
    """),
    "fi": _words("""
        ja on ei se he me te hän oli ovat olla että joka mutta tai an as
    """),
    "id": _words("""
        dan di ke dari yang itu ini ada adalah akan tidak pada untuk dengan is an
    """),
    "vi": _words("""
        là và của có không cho to in an do me the on he
    """),
    "ru": _words("""
        и в во на с со к ко у о об от до из за по для не ни что это как его её их он она они был была было были
        есть быть а но или который
    """),
    "uk": _words("""
        і й та в у на з із зі до від для не що це як його її їх він вона вони був була було були є бути а але
        або який за по
    """),
    "ar": _words("""
        في من إلى على عن أن أو و هو هي هم كان كانت هذا هذه التي الذي لا ما مع
    """),
    "zh": _words("""
        的 了 是 在 和 有 被 与 他 她 它 他们 我们 这 那 也 不
    """),
}


def is_foreign_function_words(words: list[str], language: str) -> bool:
    """True when all ``words`` are small words of one other language and they could not be ``language``'s own."""
    own = FUNCTION_WORDS.get(language, frozenset())
    if not words or any(word in own for word in words):
        return False
    if language not in FUNCTION_WORDS:
        # Without a list of its own, a language's word may look like anything short ("[to]", "[na]").
        words = [word for word in words if len(word) >= 3]
    return bool(words) and any(
        all(word in listed for word in words) for other, listed in FUNCTION_WORDS.items() if other != language
    )
