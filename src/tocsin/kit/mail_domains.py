"""What is known of mail domains: who runs the big ones, which are one and the same, which are thrown away.

Facts about the world, kept as data. `DISPOSABLE` comes from the list that the
disposable-email-domains project keeps (MIT licence, refreshed with its package).
"""

from typing import Final

from disposable_email_domains import blocklist

DISPOSABLE: Final = frozenset(blocklist)

# Who runs a mailbox: mails are spread, and bounces shown, by these names.
_RUN_BY: Final = {
    "google": "gmail.com googlemail.com",
    "microsoft": (
        "outlook.com outlook.es outlook.fr outlook.de outlook.it outlook.pt outlook.be outlook.cl outlook.com.ar"
        " outlook.com.br outlook.jp outlook.sa hotmail.com hotmail.co.uk hotmail.fr hotmail.es hotmail.it hotmail.de"
        " hotmail.be hotmail.nl hotmail.se hotmail.no hotmail.dk hotmail.ca hotmail.com.ar hotmail.com.br"
        " hotmail.com.mx hotmail.cl live.com live.co.uk live.fr live.nl live.be live.it live.de live.ca live.se live.dk"
        " live.no live.com.mx live.com.ar live.com.au live.com.pt live.cl msn.com windowslive.com"
    ),
    "yahoo": (
        "yahoo.com yahoo.co.uk yahoo.fr yahoo.es yahoo.it yahoo.de yahoo.ca yahoo.in yahoo.co.in yahoo.com.br"
        " yahoo.com.ar yahoo.com.mx yahoo.com.au yahoo.com.ph yahoo.com.tr yahoo.com.vn yahoo.com.hk yahoo.com.tw"
        " yahoo.com.sg yahoo.co.id yahoo.co.nz yahoo.gr yahoo.ie yahoo.no yahoo.pl yahoo.ro yahoo.se ymail.com"
        " rocketmail.com myyahoo.com aol.com aol.co.uk aol.de aol.fr aim.com verizon.net"
    ),
    "yahoo-japan": "yahoo.co.jp ymail.ne.jp",
    "apple": "icloud.com me.com mac.com",
    "proton": "proton.me protonmail.com protonmail.ch pm.me",
    "yandex": "yandex.ru yandex.com yandex.by yandex.kz yandex.ua yandex.com.tr ya.ru",
    "vk": "mail.ru inbox.ru list.ru bk.ru internet.ru",
    "rambler": "rambler.ru lenta.ru autorambler.ru myrambler.ru ro.ru",
    "united-internet": (
        "gmx.de gmx.net gmx.at gmx.ch gmx.com gmx.co.uk gmx.fr gmx.es web.de mail.com email.com 1und1.de online.de"
    ),
    "t-online": "t-online.de magenta.de",
    "freenet": "freenet.de",
    "posteo": "posteo.de posteo.net posteo.org posteo.es posteo.fr posteo.eu",
    "mailbox-org": "mailbox.org",
    "tuta": "tutanota.com tutanota.de tutamail.com tuta.com tuta.io keemail.me",
    "fastmail": "fastmail.com fastmail.fm",
    "riseup": "riseup.net",
    "disroot": "disroot.org",
    "zoho": "zoho.com zoho.eu zohomail.com zohomail.eu",
    "orange": "orange.fr wanadoo.fr",
    "free-fr": "free.fr",
    "laposte": "laposte.net",
    "sfr": "sfr.fr neuf.fr",
    "bouygues": "bbox.fr",
    "libero": "libero.it virgilio.it iol.it inwind.it",
    "tiscali": "tiscali.it",
    "telefonica": "telefonica.net movistar.es terra.es",
    "sapo": "sapo.pt",
    "telenet": "telenet.be",
    "proximus": "skynet.be proximus.be",
    "kpn": "kpnmail.nl planet.nl hetnet.nl",
    "ziggo": "ziggo.nl home.nl",
    "bluewin": "bluewin.ch",
    "bt": "btinternet.com btopenworld.com",
    "sky": "sky.com",
    "virgin-media": "virginmedia.com ntlworld.com blueyonder.co.uk",
    "talktalk": "talktalk.net tiscali.co.uk",
    "onet": "onet.pl op.pl onet.eu poczta.onet.pl",
    "wp": "wp.pl o2.pl tlen.pl",
    "interia": "interia.pl interia.eu poczta.fm",
    "seznam": "seznam.cz email.cz post.cz",
    "centrum": "centrum.cz centrum.sk atlas.cz volny.cz",
    "ukrnet": "ukr.net",
    "abv": "abv.bg",
    "bigpond": "bigpond.com bigpond.net.au",
    "optus": "optusnet.com.au",
    "xtra": "xtra.co.nz",
    "comcast": "comcast.net",
    "att": "att.net sbcglobal.net bellsouth.net",
    "charter": "charter.net",
    "cox": "cox.net",
    "earthlink": "earthlink.net",
    "juno": "juno.com",
    "rogers": "rogers.com",
    "shaw": "shaw.ca",
    "bell": "sympatico.ca bell.net",
    "videotron": "videotron.ca",
    "uol": "uol.com.br bol.com.br",
    "terra": "terra.com.br",
    "rediff": "rediffmail.com",
    "tencent": "qq.com foxmail.com",
    "netease": "163.com 126.com yeah.net",
    "sina": "sina.com sina.cn",
    "naver": "naver.com",
    "daum": "daum.net hanmail.net kakao.com",
    "docomo": "docomo.ne.jp",
    "kddi": "ezweb.ne.jp au.com",
    "softbank": "softbank.ne.jp i.softbank.jp",
    "walla": "walla.co.il walla.com",
}
PROVIDER_OF: Final = {domain: provider for provider, domains in _RUN_BY.items() for domain in domains.split()}

# Several names of one mailbox: who has the one has the other, so they fold to the first.
SAME_MAILBOX: Final = {
    other: first
    for first, *others in (
        ("gmail.com", "googlemail.com"),
        ("proton.me", "protonmail.com", "protonmail.ch", "pm.me"),
        ("icloud.com", "me.com", "mac.com"),
        ("yandex.ru", "yandex.com", "yandex.by", "yandex.kz", "yandex.ua", "yandex.com.tr", "ya.ru"),
    )
    for other in others
}

# What a provider does not look at in the part before the @ (after SAME_MAILBOX).
IGNORED_IN_LOCAL: Final = {"gmail.com": ".", "proton.me": ".-_"}

# Big enough that a near miss is far likelier than a domain of that name. A short name has real
# neighbours everywhere (gmx, web, aol), so none is here.
OFTEN_MISTYPED: Final = (
    "gmail.com",
    "googlemail.com",
    "hotmail.com",
    "hotmail.fr",
    "hotmail.es",
    "hotmail.it",
    "hotmail.co.uk",
    "outlook.com",
    "outlook.es",
    "outlook.fr",
    "yahoo.com",
    "yahoo.fr",
    "yahoo.es",
    "yahoo.it",
    "yahoo.de",
    "yahoo.co.uk",
    "yahoo.com.br",
    "icloud.com",
    "protonmail.com",
    "proton.me",
    "t-online.de",
    "freenet.de",
    "posteo.de",
    "mailbox.org",
    "riseup.net",
    "tutanota.com",
    "orange.fr",
    "wanadoo.fr",
    "laposte.net",
    "libero.it",
    "btinternet.com",
    "comcast.net",
)

# Mail is really received here, one slip away from a name above.
REAL_NEIGHBOURS: Final = frozenset({"amail.com", "cmail.com", "gotmail.com", "qmail.com", "tmail.com"})

# Endings that no domain has, as typed for the ones that everyone means.
SLIPPED_ENDINGS: Final = {
    "con": "com",
    "cpm": "com",
    "cmo": "com",
    "ocm": "com",
    "comm": "com",
    "coom": "com",
    "ccom": "com",
    "vom": "com",
    "xom": "com",
    "ogr": "org",
    "rog": "org",
    "orgg": "org",
    "ney": "net",
    "nte": "net",
    "nett": "net",
}
