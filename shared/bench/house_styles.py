"""What an outlet wraps around a report, in twelve languages: datelines, credits, "read more", digests, notices."""

from collections.abc import Mapping
from typing import NamedTuple


class House(NamedTuple):
    """What an outlet wraps around a story in its own language; `notice` runs to 25 words."""

    dateline: str
    credit: str
    more: str
    digest: str
    notice: str


HOUSES: Mapping[str, House] = {
    "ar": House(
        "القاهرة (أ ف ب) - ",
        "المصدر: أ ف ب",
        "اقرأ أيضا: ",
        "أخبار اليوم في سطور",
        "اشترك في نشرتنا البريدية اليومية وتابعنا على مواقع التواصل الاجتماعي. جميع الحقوق محفوظة، "
        "ولا يجوز نسخ أي جزء من هذه الصفحة دون إذن خطي مسبق.",
    ),
    "de": House(
        "Berlin (dpa) - ",
        "Quelle: dpa.",
        "Lesen Sie auch: ",
        "Das Wichtigste in Kürze",
        "Abonnieren Sie unseren täglichen Newsletter und folgen Sie uns in den sozialen Medien. Alle Rechte vorbehalten; "
        "die Vervielfältigung dieser Seite ist nur mit Genehmigung gestattet.",
    ),
    "en": House(
        "LONDON (Reuters) - ",
        "Additional reporting by Reuters.",
        "Read more: ",
        "News in brief",
        "Sign up for our daily newsletter and follow us on social media. All rights reserved: no part of this page "
        "may be reproduced without permission.",
    ),
    "es": House(
        "Madrid (EFE).- ",
        "Con información de EFE.",
        "Lea también: ",
        "Las noticias del día en breve",
        "Suscríbase a nuestro boletín diario y síganos en las redes sociales. Todos los derechos reservados: "
        "queda prohibida la reproducción total de esta página sin permiso.",
    ),
    "fr": House(
        "PARIS (AFP) – ",
        "Avec AFP.",
        "À lire aussi : ",
        "L'essentiel de l'actualité",
        "Abonnez-vous à notre lettre quotidienne et suivez-nous sur les réseaux sociaux. Tous droits réservés, "
        "toute reproduction même partielle de cette page est interdite sans autorisation.",
    ),
    "it": House(
        "ROMA (ANSA) - ",
        "Fonte: ANSA.",
        "Leggi anche: ",
        "Le notizie in breve",
        "Iscriviti alla nostra newsletter quotidiana e seguici sui social. Tutti i diritti riservati: è vietata la "
        "riproduzione anche parziale di questa pagina senza autorizzazione scritta.",
    ),
    "ja": House(
        "【東京＝共同】",
        "（共同通信）",
        "関連記事：",
        "きょうのニュースまとめ",
        "最新ニュースはメールマガジンでも配信しています。当サイトの記事、写真の無断転載を禁じます。",
    ),
    "ko": House(
        "(서울=연합뉴스) ",
        "연합뉴스 제공",
        "관련 기사: ",
        "오늘의 주요 뉴스",
        "매일 아침 받아 보는 무료 뉴스레터를 구독하시고 소셜 미디어에서도 저희 소식을 만나 보세요. "
        "모든 저작권은 본사에 있으며 이 기사의 전부 또는 일부의 무단 전재를 금합니다.",
    ),
    "pt": House(
        "Lisboa (Lusa) – ",
        "Com informações da Lusa.",
        "Leia também: ",
        "As notícias do dia em resumo",
        "Assine a nossa newsletter diária e siga-nos nas redes sociais. Todos os direitos reservados: é proibida a "
        "reprodução total desta página sem autorização prévia escrita.",
    ),
    "ru": House(
        "МОСКВА (ТАСС). ",
        "По материалам ТАСС.",
        "Читайте также: ",
        "Главное за день",
        "Подпишитесь на нашу ежедневную рассылку и читайте нас в социальных сетях. Все права защищены: "
        "полное или частичное копирование материалов этой страницы без разрешения редакции запрещено.",
    ),
    "uk": House(
        "КИЇВ (УНІАН). ",
        "За матеріалами УНІАН.",
        "Читайте також: ",
        "Головне за день",
        "Підпишіться на нашу щоденну розсилку і читайте нас у соціальних мережах. Усі права захищено: "
        "повне або часткове копіювання матеріалів цієї сторінки без дозволу редакції заборонено.",
    ),
    "zh": House(
        "新华社北京电 ",
        "（来源：新华社）",
        "延伸阅读：",
        "今日要闻速览",
        "欢迎订阅本站每日新闻邮件，关注官方账号。本站所有文字与图片版权均受法律保护，未经书面授权不得转载。",
    ),
}
