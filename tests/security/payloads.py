"""Words that somebody types who means harm, or whose keyboard does strange things. In each stands a word to find."""

from __future__ import annotations

import re
import unicodedata

WORD = "Qzx"

PAYLOADS: dict[str, str] = {
    "script": f"<script>alert('{WORD}')</script>",
    "script that closes another": f"</script><script>{WORD}()</script>",
    "end of a style": f"</style><style>*{{display:none}}</style>{WORD}",
    "end of a title": f"</title></textarea></template><h1>{WORD}</h1>",
    "image": f"<img src=x onerror={WORD}()>",
    "svg": f"<svg/onload={WORD}()><use href=data:,x>",
    "iframe": f"<iframe srcdoc='&lt;script&gt;{WORD}&lt;/script&gt;'>",
    "form": f"<form action=https://x.invalid><input name=token value={WORD}>",
    "base and meta": f"<base href=//x.invalid><meta http-equiv=refresh content=0>{WORD}",
    "double quote": f'" onmouseover="{WORD}()" x="',
    "single quote": f"' autofocus onfocus='{WORD}()' x='",
    "backtick": f"`onclick={WORD}()`",
    "no quote": f"x onpointerover={WORD}() y",
    "end of an attribute": f"\"'><b>{WORD}</b>",
    "entities": f"&lt;b&gt;{WORD}&lt;/b&gt; &amp;amp; &#60;i&#62; &#x3c;u>",
    "comment": f"<!--{WORD}--!><b>",
    "conditional comment": f"<!--[if IE]>{WORD}<![endif]-->",
    "cdata": f"<![CDATA[{WORD}]]>",
    "xml entity": f'<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]>&y;{WORD}',
    "processing instruction": f"<?xml-stylesheet href='x'?><?php {WORD} ?>",
    "mutated markup": f"<math><mtext><table><mglyph><style><!--</style>{WORD}",
    "link": f"javascript:{WORD}()//",
    "data link": f"data:text/html,<script>{WORD}</script>",
    "markdown": f"[{WORD}](javascript:x) ![]( //x.invalid )",
    "jinja expression": "{{7*7}}" + WORD + "{{config}}",
    "jinja statement": "{% for x in ().__class__.__base__.__subclasses__() %}" + WORD + "{% endfor %}",
    "jinja comment": "{#" + WORD + "#}{%raw%}",
    "format field": "{called_name.__class__.__init__.__globals__}" + WORD,
    "format width": "{0:>50000000}" + WORD + "{name!r:999}",
    "placeholder": "{called_name} {office_phone} {each} [" + WORD + "]",
    "printf": f"%s%n%x%(x)50000000s {WORD} %d%%",
    "shell": f"$(id) `id` ${{HOME}} ; {WORD} | cat /etc/passwd &",
    "sql": f"'; drop table cases; -- {WORD}",
    "sql like": f"%' or 1=1 union select * from users where name like '{WORD}%",
    "formula": f"=cmd|' /C calc'!A0 {WORD}",
    "formula with plus": f"+1+{WORD}",
    "formula with minus": f"-1-{WORD}",
    "formula with at": f"@SUM(1+1)*{WORD}",
    "tab": f"\t=1+1\t{WORD}",
    "header": f"{WORD}\r\nBcc: x@x.invalid\r\n\r\n<b>",
    "old line end": f"{WORD}\rSet-Cookie: a=b",
    "line separators": f"{WORD}\u2028\u2029\x85\x0b\x0c end",
    "nul": f"{WORD}\x00after",
    "controls": WORD + "".join(map(chr, range(1, 32))) + "\x7f\x9b31m",
    "terminal": f"\x1b[2J\x1b]0;{WORD}\x07",
    "override": f"\u202e{WORD} fdp.exe\u202c",
    "embeddings": f"\u202a\u202b\u202d{WORD}\u202e\u202e",
    "isolates": f"\u2066\u2067\u2068{WORD}",
    "ends of isolates": f"\u2069\u2069\u2069{WORD}\u2069",
    "arabic": f"مرحبا {WORD} <b>سلام</b>",
    "zero width": f"<\u200bscript>{WORD}\u200d\ufeff",
    "noncharacters": f"{WORD}\ufffe\uffff\ufdd0\U0001ffff",
    "private use": f"{WORD}\ue000\U00100000",
    "astral": f"{WORD}😀👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "combining": WORD + "\u0301\u0489\u20dd" * 15,
    "wide": f"＜ｓｃｒｉｐｔ＞{WORD}＜／ｓｃｒｉｐｔ＞",
    "path": f"../../../../etc/passwd\\..\\{WORD}",
    "json": f'"}},{{"{WORD}":1,"',
    "json escapes": f'\\"\\u003c{WORD}\\n\\',
    "ics": f"{WORD}\\nEND:VCALENDAR\nBEGIN:VEVENT\\,;",
    "pdf": f") Tj /{WORD} (<< /JS (x) >>",
    "css": f"}}body{{background:url(//x.invalid/{WORD})}}",
    "one long word": WORD + "W" * 590,
    "many lines": f"{WORD}\n\n\n\n<p>\n" * 8,
}

_ODD = re.compile(r"[\s\ufffd\u202a-\u202e\u2066-\u2069\ufeff\x00-\x1f\x7f-\x9f\ud800-\udfff]|[^\x00-\U0010ffff]")


def readable(text: str) -> str:
    """What can be told apart in any output: without spaces, and without what a reader never sees."""
    return "".join(sign for sign in _ODD.sub("", text) if unicodedata.category(sign) not in ("Cn", "Cc", "Cf", "Cs"))


NAMES_THAT_RUN = ("script", "image", "svg", "end of an attribute")
