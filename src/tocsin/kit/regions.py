"""Regions of the countries whose codes in GeoNames are those of ISO 3166-2, or can be read as such.

Elsewhere GeoNames numbers regions in a way of its own, and a number that stands for one region there
would stand for another one in ISO.
"""

from typing import Final

_SAME: Final = frozenset({"BE", "CH", "GB", "US"})
_NUMBERED: Final = {
    "AT": "1 2 3 4 5 6 7 8 9",
    "AU": "ACT NSW NT QLD SA TAS VIC WA",
    "CA": "AB BC MB NB NL - NS ON PE QC SK YT NT NU",
    "DE": "BW BY HB HH HE NI NW RP SL SH BB MV SN ST TH BE",
}
_US: Final = (
    "AL=Alabama AK=Alaska AZ=Arizona AR=Arkansas CA=California CO=Colorado CT=Connecticut DE=Delaware"
    " DC=District_of_Columbia FL=Florida GA=Georgia HI=Hawaii ID=Idaho IL=Illinois IN=Indiana IA=Iowa KS=Kansas"
    " KY=Kentucky LA=Louisiana ME=Maine MD=Maryland MA=Massachusetts MI=Michigan MN=Minnesota MS=Mississippi"
    " MO=Missouri MT=Montana NE=Nebraska NV=Nevada NH=New_Hampshire NJ=New_Jersey NM=New_Mexico NY=New_York"
    " NC=North_Carolina ND=North_Dakota OH=Ohio OK=Oklahoma OR=Oregon PA=Pennsylvania RI=Rhode_Island"
    " SC=South_Carolina SD=South_Dakota TN=Tennessee TX=Texas UT=Utah VT=Vermont VA=Virginia WA=Washington"
    " WV=West_Virginia WI=Wisconsin WY=Wyoming"
)
_CA: Final = (
    "AB=Alberta BC=British_Columbia MB=Manitoba NB=New_Brunswick NL=Newfoundland_and_Labrador NS=Nova_Scotia"
    " ON=Ontario PE=Prince_Edward_Island QC=Québec SK=Saskatchewan YT=Yukon NT=Northwest_Territories NU=Nunavut"
)
_AU: Final = (
    "ACT=Australian_Capital_Territory NSW=New_South_Wales NT=Northern_Territory QLD=Queensland SA=South_Australia"
    " TAS=Tasmania VIC=Victoria WA=Western_Australia"
)
_DE: Final = (
    "BW=Baden-Württemberg BY=Bayern HB=Bremen HH=Hamburg HE=Hessen NI=Niedersachsen NW=Nordrhein-Westfalen"
    " RP=Rheinland-Pfalz SL=Saarland SH=Schleswig-Holstein BB=Brandenburg MV=Mecklenburg-Vorpommern SN=Sachsen"
    " ST=Sachsen-Anhalt TH=Thüringen BE=Berlin"
)
_AT: Final = (
    "1=Burgenland 2=Kärnten 3=Niederösterreich 4=Oberösterreich 5=Salzburg 6=Steiermark 7=Tirol 8=Vorarlberg 9=Wien"
)
_GB: Final = "ENG=England SCT=Scotland WLS=Wales NIR=Northern_Ireland"


def _named(country: str, listed: str) -> dict[str, str]:
    pairs = (one.split("=") for one in listed.split())
    return {f"{country}-{code}": name.replace("_", " ") for code, name in pairs}


NAMES: Final = (
    _named("US", _US)
    | _named("CA", _CA)
    | _named("AU", _AU)
    | _named("DE", _DE)
    | _named("AT", _AT)
    | _named("GB", _GB)
)


def region_of(country: str, code: str) -> str:
    """Return the ISO 3166-2 code of GeoNames' region `code` of a country, as "US-CT"; "" when it has none we know."""
    if not code:
        return ""
    if country in _SAME:
        return f"{country}-{code}"
    if country in _NUMBERED and code.isdecimal():
        known = dict(enumerate(_NUMBERED[country].split(), start=1))
        iso = known.get(int(code), "-")
        return "" if iso == "-" else f"{country}-{iso}"
    return ""


def name_of(region: str) -> str:
    """Return what people there call a region: "Connecticut" for "US-CT"; the code's own part where we know no name."""
    return NAMES.get(region) or region.partition("-")[2]
