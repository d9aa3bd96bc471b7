"""What pages say that stand in the way of a reader who may be a robot: in their title, or in the little text that they have.

General phrases, no product's markup, which changes by the month. Lower case, straight apostrophes; a phrase is looked for anywhere in the
text, so the stem of an inflected word is enough.
"""

from __future__ import annotations

REFUSALS: dict[str, tuple[str, ...]] = {
    "a captcha": (
        "captcha", "i'm not a robot", "i am not a robot", "are you a robot", "kein roboter", "pas un robot", "no soy un robot",
        "não sou um robô", "non sono un robot", "geen robot", "inte en robot", "я не робот", "nie jestem robotem", "nejsem robot",
        "robot değilim", "لست روبوت", "لستُ روبوت", "不是机器人", "不是機器人", "人机验证", "滑动验证",
        "ロボットではありません", "로봇이 아닙니다",
    ),
    "a check for robots": (
        "just a moment...", "checking your browser", "verify you are human", "verifying you are human", "human verification",
        "robot check", "bot check", "unusual traffic", "automated access", "automated requests", "pardon our interruption",
        "javascript and cookies to continue", "enable cookies and reload", "security check", "browser wird überprüft",
        "sicherheitsüberprüfung", "nur einen moment", "vérification de votre navigateur", "vérifiez que vous êtes humain",
        "un instant...", "trafic inhabituel", "comprobando su navegador", "verifica que eres humano", "un momento...",
        "verificando seu navegador", "verifique se você é humano", "um momento...", "verifica del browser", "verifica di essere umano",
        "controle van uw browser", "проверка браузера", "проверяем ваш браузер", "перевірка браузера",
        "sprawdzanie przeglądarki", "tarayıcınız kontrol ediliyor", "insan olduğunuzu doğrulayın", "التحقق من أنك إنسان",
        "正在检查您的浏览器", "安全验证", "安全检查", "安全驗證",
        "ブラウザを確認しています", "人間であることを確認", "브라우저를 확인", "사람인지 확인",
    ),
    "a refusal": (
        "access denied", "access to this page has been denied", "403 forbidden", "you have been blocked", "request blocked",
        "request unsuccessful", "attention required!", "not available in your country", "not available in your region",
        "zugriff verweigert", "zugriff nicht gestattet", "accès refusé", "accès interdit", "acceso denegado", "acceso prohibido",
        "acesso negado", "accesso negato", "toegang geweigerd", "åtkomst nekad", "доступ запрещ", "доступ ограничен", "доступ заборонен",
        "odmowa dostępu", "dostęp zabroniony", "přístup odepřen", "erişim engellendi", "تم رفض الوصول", "الوصول مرفوض",
        "访问被拒绝", "拒绝访问", "存取被拒", "アクセスが拒否", "アクセス拒否", "액세스가 거부", "접근이 거부", "접근이 차단",
    ),
    "a question for consent": (
        "before you continue", "we value your privacy", "your privacy is important", "bevor sie fortfahren", "bevor sie weiterlesen",
        "ihre zustimmung", "avant de continuer", "votre consentement", "antes de continuar", "su consentimiento", "seu consentimento",
        "prima di continuare", "il tuo consenso", "voordat je verdergaat", "uw toestemming", "jouw toestemming", "innan du fortsätter",
        "прежде чем продолжить", "ваше согласие", "перш ніж продовжити", "zanim przejdziesz", "twoja zgoda", "než budete pokračovat",
        "devam etmeden önce", "قبل المتابعة", "在继续之前", "继续前往", "繼續之前", "に進む前に", "続行する前に", "계속하기 전에",
    ),
}  # fmt: skip
"""Of consent only what walls say: nearly every page has a banner about cookies."""
