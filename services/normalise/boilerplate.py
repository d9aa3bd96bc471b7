"""What of a page is around the article and not in it: told by tags, by the names that sites give to elements, by words that end a text.

General words only, no site's own. A name is a hint and never proof: whoever asks weighs it against the text that stands there.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

Around = Literal["", "perhaps", "never"]
"""Whether an element stands around the article: it does not, it is named like it, or it holds no text of the article's at all."""

SILENT = frozenset(
    "script style noscript template svg math head title iframe object embed audio video canvas textarea select button map form nav "
    "footer aside menu dialog figure fieldset label".split()
)
"""Elements that hold nothing of an article's running text."""

_MAX_NAME_CHARS = 300
_CACHED_NAMES = 4_096
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_HIDDEN = re.compile(r"\bdisplay\s{0,5}:\s{0,5}none\b", re.IGNORECASE)


def _words(*words: str) -> re.Pattern[str]:
    """Whole words of names such as ``c-related__list relatedLinks``."""
    return re.compile(rf"(?<![a-z])(?:{'|'.join(' '.join(words).split())})(?![a-z])")


_NEVER = _words(
    "cookies? cookie-?(?:banner|consent|notice|law) consent gdpr comments? commentlist disqus respond replies discussion kommentare?",
    "komentarze commentaires? comentarios? comentários? commenti kommentarer yorumlar kommentit opmerkingen reacties",
)
_AROUND = _words(
    "nav navi navbar navigation menu submenu breadcrumbs? breadcrumb-?list pagination pager paginator footer foot masthead toolbar",
    "topbar side-?bar rail rightrail widgets? modal popup lightbox overlay skip-?link",
    "related relateds relacionad[oa]s? correlati verwandt(?:e|es)? powiazane recommended recommendations? recirc recirculation",
    "read-?more read-?next read-?also more-?(?:stories|news|on) see-?also also-?read trending popular most-?(?:read|popular|viewed)",
    "lire-?aussi a-?lire mehr-?zum-?thema weiterlesen lesen-?sie-?auch leia-?(?:mais|tambem) veja-?(?:mais|tambem) leggi-?anche",
    "lea-?tambien te-?puede-?interesar czytaj-?(?:tez|takze|wiecej) zobacz-?takze lees-?ook les-?ogsa las-?ocksa",
    "promos? promotion promoted sponsor sponsored adverts? advertisement advertising ads? ad-?box adsbygoogle banners? outbrain taboola",
    "ad-?(?:container|wrapper|unit|slot|block) werbung anzeigen? publicidad publicidade publicite pubblicita reklama",
    "share sharing share-?(?:bar|tools|links|buttons) sharedaddy addthis socials? social-?media follow teilen partager compartir",
    "compartilhar condividi udostepnij newsletter sign-?up subscribe subscriptions? paywall registration login",
    "by-?line author-?(?:bio|box|info|card) about-?(?:the-?)?authors? bio contributors? credits? date-?line timestamp pubdate",
    "(?:post|entry)-?(?:date|meta) meta metadata published tags tag-?(?:list|cloud) topics keywords captions? wp-caption-text",
    "gallery slideshow carousel slider videos? player copyright disclaimer print-?only hidden visually-?hidden sr-only",
    "screen-?reader(?:-text)? teasers? toc table-?of-?contents infobox",
)
_END = re.compile(
    r"(?:\d+ |post a |leave a )?(?:comments?|reply)|(?:you (?:may|might) )?also (?:like|read)|"
    r"(?:related|more|latest|recommended|popular|trending|top)(?: (?:articles?|stories|posts?|news|content|topics|coverage|links|videos?|"
    r"reading|now|for you|on this(?: story)?))?|read (?:more|next|also)|see also|more from .{1,60}|"
    r"most (?:read|popular|viewed)|about the author|share this(?: .{1,20})?|sponsored(?: .{1,20})?|advertisement|"
    r"you (?:may|might) also (?:like|be interested in)|follow us(?: on .{1,40})?|"
    r"kommentare?|mehr zum thema|lesen sie auch|das könnte (?:sie|dich) auch interessieren|verwandte (?:artikel|themen)|anzeige|"
    r"commentaires?|(?:à )?lire aussi|sur le même (?:sujet|thème)|articles? (?:liés|similaires|associés)|publicité|"
    r"comentarios|(?:te puede|también te puede) interesar|noticias relacionadas|(?:lea|lee|ver) (?:también|más)|artículos relacionados|"
    r"comentários|(?:leia|veja) (?:também|mais)|notícias relacionadas|artigos relacionados|"
    r"commenti|leggi anche|articoli correlati|potrebbe interessarti(?: anche)?|"
    r"reacties|lees ook|meer over dit onderwerp|komentarze|(?:czytaj|zobacz) (?:też|także|również|więcej)|powiązane artykuły|"
    r"комментарии|комментировать|читайте также|читать также|смотрите также|похожие (?:новости|статьи)|по теме|"
    r"коментарі|читайте також|дивіться також|yorumlar|ilgili haberler|اقرأ أيض(?:ا|اً|ًا)|التعليقات|مواضيع ذات صلة|"
    r"相关(?:新闻|阅读|文章|报道)|相關(?:新聞|閱讀|文章|報導)|推荐阅读|延伸閱讀|评论|関連(?:記事|ニュース)|あわせて読みたい|コメント|관련\s?기사|댓글",
    re.IGNORECASE,
)
_MARGINS = " \t\n:：…→»>()[]|-–—•*0123456789"


def around(attributes: Mapping[str, str]) -> Around:
    """What an element's attributes say of its text."""
    if not attributes:
        return ""
    style = attributes.get("style")
    if (
        "hidden" in attributes
        or attributes.get("aria-hidden") == "true"
        or (style and _HIDDEN.search(style[:_MAX_NAME_CHARS]))
    ):
        return "never"
    names = [value[:_MAX_NAME_CHARS] for key in ("class", "id", "role") if (value := attributes.get(key))]
    return _around_by_name(" ".join(names)) if names else ""


@lru_cache(_CACHED_NAMES)
def _around_by_name(names: str) -> Around:
    words = _HUMP.sub("-", names).lower().replace("_", "-")
    if _NEVER.search(words):
        return "never"
    return "perhaps" if _AROUND.search(words) else ""


def ends_article(line: str) -> bool:
    """Whether a line of its own says that something else than the article follows: comments, related articles, advertisements."""
    return len(line) <= 100 and _END.fullmatch(line.strip(_MARGINS)) is not None
