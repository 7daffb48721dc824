"""Which browser is that, in words its owner understands?"""

import re

# The first that fits: WeChat calls itself Safari too, and everybody calls himself Mozilla.
BROWSERS = (
    ("MicroMessenger", "微信"),
    ("DingTalk", "钉钉"),
    ("Lark|Feishu", "飞书"),
    ("QQBrowser|MQQBrowser", "QQ 浏览器"),
    ("UCBrowser", "UC 浏览器"),
    ("360SE|360EE|QIHU", "360 浏览器"),
    ("HuaweiBrowser", "华为浏览器"),
    ("MiuiBrowser", "小米浏览器"),
    ("Edg", "Edge"),
    ("Firefox|FxiOS", "Firefox"),
    ("Chrome|CriOS|Chromium", "Chrome"),
    ("Safari", "Safari"),
)
DEVICES = (
    ("HarmonyOS|OpenHarmony", "鸿蒙手机"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "安卓手机"),
    ("Windows", "Windows 电脑"),
    ("Macintosh", "苹果电脑"),
    ("UOS|Kylin|deepin", "国产系统电脑"),
    ("Linux", "Linux 电脑"),
)


def _named(text: str, names: tuple[tuple[str, str], ...]) -> str:
    return next((words for pattern, words in names if re.search(pattern, text)), "")


def browser_in_words(header: str) -> str:
    """Say which browser on which device, without versions; unknown ones are called so."""
    browser, device = _named(header, BROWSERS), _named(header, DEVICES)
    return " · ".join(word for word in (browser, device) if word) or "其他浏览器"
