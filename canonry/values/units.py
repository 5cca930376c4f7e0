"""Units: currencies, SI and other measures, spans of time."""

from __future__ import annotations

from decimal import Decimal

_ISO_4217 = (
    "aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd btn bwp byn bzd cad cdf chf clp cny cop crc cup "
    "cve czk djf dkk dop dzd egp ern etb eur fjd fkp gbp gel ghs gip gmd gnf gtq gyd hkd hnl htg huf idr ils inr iqd irr isk jmd jod jpy "
    "kes kgs khr kmf kpw krw kwd kyd kzt lak lbp lkr lrd lsl lyd mad mdl mga mkd mmk mnt mop mru mur mvr mwk mxn myr mzn nad ngn nio nok "
    "npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sdg sek sgd shp sle sos srd ssp stn svc syp szl thb tjs tmt "
    "tnd top try ttd twd tzs uah ugx usd uyu uzs ved ves vnd vuv wst xaf xcd xof xpf yer zar zmw zwg"
)
SYMBOLS = {
    "us$": "USD", "a$": "AUD", "c$": "CAD", "ca$": "CAD", "nz$": "NZD", "hk$": "HKD", "s$": "SGD", "r$": "BRL", "$": "USD", "£": "GBP",
    "€": "EUR", "¥": "JPY", "₹": "INR", "₽": "RUB", "₩": "KRW", "₺": "TRY", "₴": "UAH", "₦": "NGN", "₪": "ILS", "₫": "VND",
    "zł": "PLN", "kč": "CZK", "fr.": "CHF",
}  # fmt: skip
_CURRENCY_NAMES = {"dollar": "USD", "us dollar": "USD", "pound": "GBP", "pounds sterling": "GBP", "euro": "EUR", "yen": "JPY",
                   "rupee": "INR", "swiss franc": "CHF"}  # fmt: skip
CURRENCIES = SYMBOLS | {c: c.upper() for c in _ISO_4217.split()} | {n + s: c for n, c in _CURRENCY_NAMES.items() for s in ("", "s")}
"""Symbol, code or name, in lower case → ISO 4217 code; a bare $ is the US dollar unless a code says otherwise."""
DOLLARS = frozenset(("USD", "AUD", "CAD", "NZD", "HKD", "SGD", "MXN", "TWD"))

_FACTORS = {  # SI base → unit as written → factor
    "m": "nm 1e-9 µm 1e-6 μm 1e-6 mm 0.001 cm 0.01 dm 0.1 m 1 km 1000 metre 1 meter 1 millimetre 0.001 millimeter 0.001 centimetre 0.01 "
         "centimeter 0.01 kilometre 1000 kilometer 1000 mile 1609.344 mi 1609.344 yard 0.9144 yd 0.9144 foot 0.3048 feet 0.3048 ft 0.3048 "
         'inch 0.0254 inches 0.0254 " 0.0254',
    "kg": "mg 0.000001 g 0.001 gram 0.001 gramme 0.001 kg 1 kilo 1 kilogram 1 kilogramme 1 t 1000 tonne 1000 lb 0.45359237 lbs 0.45359237 "
          "pound 0.45359237 oz 0.028349523125 ounce 0.028349523125 stone 6.35029318",
    "m2": "mm2 0.000001 cm2 0.0001 m2 1 sqm 1 km2 1000000 ha 10000 hectare 10000 acre 4046.8564224 sqft 0.09290304 ft2 0.09290304",
    "m3": "ml 0.000001 cl 0.00001 dl 0.0001 l 0.001 litre 0.001 liter 0.001 millilitre 0.000001 milliliter 0.000001 cm3 0.000001 m3 1",
    "B": "B 1 byte 1 kB 1e3 KB 1e3 MB 1e6 GB 1e9 TB 1e12 PB 1e15 kilobyte 1e3 megabyte 1e6 gigabyte 1e9 terabyte 1e12 "
         "KiB 1024 MiB 1048576 GiB 1073741824 TiB 1099511627776",
    "bit/s": "bit/s 1 bps 1 kbit/s 1e3 kbps 1e3 Mbit/s 1e6 Mbps 1e6 Gbit/s 1e9 Gbps 1e9",
    "m/s": "m/s 1 mph 0.44704",
    "W": "mW 0.001 W 1 watt 1 kW 1e3 kilowatt 1e3 MW 1e6 megawatt 1e6 GW 1e9",
    "J": "mJ 0.001 J 1 joule 1 kJ 1e3 MJ 1e6 Wh 3600 kWh 3.6e6 MWh 3.6e9 GWh 3.6e12",
    "Pa": "Pa 1 hPa 100 kPa 1e3 MPa 1e6 mbar 100 bar 1e5",
    "V": "mV 0.001 V 1 volt 1 kV 1e3 MV 1e6",
    "A": "mA 0.001 A 1 amp 1 ampere 1",
    "C": "mAh 3.6 Ah 3600",
    "Hz": "Hz 1 kHz 1e3 MHz 1e6 GHz 1e9",
}  # fmt: skip
UNITS = {
    u: (base, Decimal(f)) for base, t in _FACTORS.items() for words in (t.split(),) for u, f in zip(words[::2], words[1::2], strict=True)
}
"""Unit as written, capitals and all → (SI base, factor)."""
_folded: dict[str, set[str]] = {}
for _u in UNITS:
    _folded.setdefault(_u.lower(), set()).add(_u)
FOLDED = {low: UNITS[next(iter(us))] for low, us in _folded.items() if len({UNITS[u] for u in us}) == 1} | {"b": UNITS["B"]}
"""The same in lower case, where capitals make no difference: mW and MW are not here."""
TEMPERATURES = {"°c": (Decimal(1), Decimal("273.15")), "celsius": (Decimal(1), Decimal("273.15")), "k": (Decimal(1), Decimal(0)),
                "kelvin": (Decimal(1), Decimal(0))}  # fmt: skip
"""Scale → (factor, what is added) that give kelvin; of °F the factor is not exact in decimals."""

SPANS = {  # unit → (base, factor): s seconds, mo months
    "second": ("s", 1), "sec": ("s", 1), "minute": ("s", 60), "min": ("s", 60), "hour": ("s", 3600), "hr": ("s", 3600),
    "day": ("s", 86400), "week": ("s", 604800), "wk": ("s", 604800), "fortnight": ("s", 1209600), "month": ("mo", 1), "mth": ("mo", 1),
    "year": ("mo", 12), "yr": ("mo", 12), "decade": ("mo", 120),
}  # fmt: skip
SHORT_SPANS = {"s": SPANS["second"], "h": SPANS["hour"], "d": SPANS["day"], "w": SPANS["week"], "y": SPANS["year"]}
"""What only a whole cell may use."""
