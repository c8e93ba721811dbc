"""Words that say what kind of body an organization is, or only link, in the languages at hand. Pure data."""

# fmt: off
# What only says "organization", after transliteration: legal forms and their abbreviations.
FORMS = frozenset(
    {
        "aisbl", "ano", "aps", "asbl", "asociacia", "asociacija", "asociacion", "asociatia", "asotsiatsia",
        "asotsiatsiya", "assoc", "associacao", "associacio", "association", "associazione",
        "assotsiatsiya", "bf", "biedriba", "bo", "ce", "cic", "civic", "dernegi", "dernek", "eingetragener", "ets",
        "ev", "forening", "foreningen", "fundacio", "fz", "gemeinnutzige", "gemeinnutziger", "ggmbh", "gmbh", "go",
        "gromadska", "gromadskaya", "gs", "hasarakakan", "inc", "jmyh", "kazmakerpowtyown", "ljmyh", "llc",
        "llp", "lmndhmh", "lmwssh", "ltd", "mbf", "mbo", "mgo", "mndhmh", "mtu", "mwssh", "ngo", "nko", "npo", "nuo",
        "nvo", "obcanske", "obo", "obshchestvennaya", "odv", "ong", "onlus", "oo", "ops", "organisatie",
        "organisation", "organizace", "organizacija", "organizacion", "organizacja", "organization", "organizatsia",
        "organizatsiya", "osc", "oz", "plc", "qht", "rf", "roo", "ry", "sazogadoebrivi", "sdruzeni", "sdruzhenie",
        "sdruzheniya", "spolek", "stichting", "stiftung", "stowarzyszenie", "teskilat", "teskilati", "udruga",
        "udruzenie", "vakfi", "vakif", "verband", "verein", "vgo", "vzw", "zapsany", "zdruzenie", "zs", "zu",
    }
)
LINKS = frozenset(
    {
        "the", "a", "an", "and", "und", "et", "y", "e", "i", "ta", "of", "for", "de", "la", "le", "les", "des", "du",
        "der", "die", "das", "den",
    }
)
# Forms of several words, of which each alone may tell one name from another.
PHRASES = frozenset(
    {
        ("gromadska", "spilka"), ("gromadske", "obiednannya"), ("blagodiinii", "fond"), ("blagodiina", "organizatsiya"),
        ("neuryadova", "organizatsiya"), ("nepributkova", "organizatsiya"),
        ("obshchestvennoe", "obedinenie"), ("obshchestvennyi", "fond"), ("blagotvoritelnyi", "fond"),
        ("nekommercheskaya", "organizatsiya"), ("nepravitelstvennaya", "organizatsiya"),
        ("avtonomnaya", "nekommercheskaya", "organizatsiya"),
        ("ictimai", "birliyi"), ("ictimai", "birlik"), ("qeyri", "hokumet", "teskilati"),
        ("qoghamdyq", "birlestigi"), ("qoghamdyq", "qory"), ("arasamtavrobo", "organizatsia"),
        ("obecne", "prospesna", "spolecnost"), ("zapsany", "ustav"), ("nevladina", "organizacija"),
        ("organizacja", "pozarzadowa"),
        ("non", "governmental", "organization"), ("non", "profit", "organization"), ("public", "organization"),
        ("public", "association"), ("charitable", "organization"), ("charity", "organization"),
        ("organisation", "non", "gouvernementale"), ("association", "loi", "1901"),
        ("asociacion", "civil"), ("organizacion", "no", "gubernamental"),
        ("organizzazione", "di", "volontariato"), ("associazione", "di", "promozione", "sociale"),
    }
)
# fmt: on
SPELLINGS = {
    "centre": "center",
    "centres": "centers",
    "dialogue": "dialog",
    "honour": "honor",
    "licence": "license",
    "neighbour": "neighbor",
    "neighbours": "neighbors",
    "programmes": "programs",
    "organisation": "organization",
    "organisations": "organizations",
    "defence": "defense",
    "labour": "labor",
    "programme": "program",
    "theatre": "theater",
    "behaviour": "behavior",
    "civilisation": "civilization",
}

# fmt: off
# Legal forms as they are written beside a name, before it or behind: with them or without, it is the same name.
# Any other word of the kind above may be part of the name itself.
WRITTEN_FORMS = frozenset(
    tuple(form.split())
    for form in (
        "го", "бф", "бо", "гс", "мго", "мбф", "мбо", "вго", "обо", "нко", "ано", "роо", "мроо", "оо", "ооо", "нпо",
        "нуо", "ngo", "npo", "ong", "onlus", "asbl", "aisbl", "vzw", "gmbh", "ggmbh", "inc", "ltd", "llc", "llp",
        "plc", "zs", "ry", "mtü", "qht", "ets", "odv", "stk", "hko", "nvo", "մկ", "հկ", "აიპ",
        "громадська організація", "громадська спілка", "громадське обєднання", "благодійний фонд",
        "благодійна організація", "неурядова організація", "міжнародний благодійний фонд",
        "общественная организация", "общественное объединение", "общественный фонд", "благотворительный фонд",
        "некоммерческая организация", "автономная некоммерческая организация", "неправительственная организация",
        "non governmental organization", "non governmental organisation", "eingetragener verein", "ictimai birliyi",
        "ictimai birlik",
    )
)
# fmt: on
LONGEST_FORM = 3

# fmt: off
# How words begin, after transliteration, that groups have in their names and persons hardly ever; and those that are
# such only as a whole.
GROUP_STEMS = (
    "organi", "associ", "asoci", "asots", "assots", "foundation", "fundac", "fondat", "fondaz", "stiftung", "verein",
    "institu", "instytut", "univers", "academ", "akadem", "network", "netzwerk", "reseau", "merezh", "center", "centr",
    "tsentr", "zentr", "kentron", "union", "spilk", "soyuz", "soiuz", "sojuz", "commit", "komit", "comite", "commis",
    "komis", "kommis", "council", "consejo", "conseil", "forum", "coalit", "coalic", "koalit", "koalic", "allian",
    "alian", "alyans", "federa", "confed", "konfed", "movement", "mouvement", "movimiento", "dvizhen", "bewegung",
    "watch", "rights", "human", "initia", "inicia", "initsia", "group", "grup", "societ", "socied", "gesellschaft",
    "tovarist", "tovaryst", "obshchest", "gromad", "hromad", "obedin", "obiedn", "project", "proekt", "projekt",
    "program", "media", "journalis", "zhurnalist", "gazet", "zeitung", "internation", "mizhnarod", "mezhdunarod",
    "national", "nacional", "global", "europe", "action", "defend", "support", "relief", "league", "ligue", "agency",
    "agentur", "agentstv", "secretariat", "office", "bureau", "museum", "librar", "colleg", "collecti", "kolekti",
    "kollekti", "colectivo", "solidar", "democra", "demokra", "libert", "freedom", "women", "youth", "student",
    "lawyer", "advokat", "reporter", "worker", "doctors", "friends", "citizen", "civil", "civic", "public", "amnesty",
    "transparen", "climate", "environment", "charit", "blagod", "blagotv", "pravozahi", "pravozashch", "prava",
    "derechos", "menschenrecht", "kavshir", "dernek", "dernegi", "vakfi", "merkez", "birlig", "mrkz", "jmyh", "mnzm",
    "mwss", "shbk", "athad", "hyyh", "ljnh",
)
GROUP_WORDS = frozenset(
    {
        "aid", "fond", "fonds", "fund", "funds", "trust", "club", "klub", "team", "board", "press", "news", "radio",
        "tv", "world", "house", "dim", "dom", "haus", "help", "lab", "law", "liga", "siec", "ruch", "ruh", "rukh",
        "eco", "ngo", "the", "of", "for", "and", "und", "fur", "et", "pour", "para", "per", "dlya", "dlia", "dla", "za",
    }
)
# Small words within the names of persons.
PARTICLES = frozenset(
    {
        "de", "da", "do", "dos", "das", "del", "della", "di", "du", "la", "le", "van", "von", "der", "den", "ter",
        "ten", "zu", "zur", "bin", "ibn", "bint", "al", "el", "y", "e", "i", "ould", "ap", "af",
    }
)
# fmt: on
