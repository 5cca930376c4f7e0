"""The half to develop on: registers and phrasings. None of these phrasings stands in the other half."""

# ruff: noqa: E501  (one text, one line)
from __future__ import annotations

from benchmarks.text_against_record.parts import Attribute, Grid, Half, Register, Said

_PEOPLE = (
    "Marta Kowalska", "Simon Achterberg", "Lucy Fenwick", "Omar Farouk", "Helena Strand", "Dennis Boyle", "Nadine Weiss", "Arjun Mehta",
    "Claire Dupont", "Robert Maguire", "Tessa Lindqvist", "Ivan Petrov",
)  # fmt: skip

REGISTERS = {
    "supplier": Register(
        key="Vendor=V{n:05d}",
        called=("Supplier", "organization"),
        names=(
            "Harbourline Logistics Ltd=Harbourline Logistics=Harborline Logistics", "Peakview Packaging Ltd=Peakview Packaging=Peakveiw Packaging",
            "Corbel & Sons Ltd=Corbel & Sons", "Westmill Paper Company=Westmill Paper", "Iverson Cleaning Services=Iverson Cleaning=Iversen Cleaning Services",
            "Dovetail Furniture Ltd=Dovetail Furniture", "Larkspur Catering=Larkspur", "Trident Fire Safety Ltd=Trident Fire Safety", "Greenbank Recycling=Greenbank",
            "Osprey Couriers Ltd=Osprey Couriers=Opsrey Couriers", "Silverthorn Security Group=Silverthorn Security=Silverthron Security Group", "Bellweather Print", "Ashgrove Timber=Ashgrove",
            "Canterby Uniforms Ltd=Canterby Uniforms", "Juniper Coffee Roasters=Juniper Coffee", "Holt Industrial Gases", "Redwood Electrical Wholesale=Redwood Electrical", "Kestle Vending=Kestle",
            "Marchbank Legal LLP=Marchbank Legal", "Tideway Water Coolers=Tideway", "Sterling", "Apex", "Horizon", "Foundry", "Norwood Supplies", "Fenner Tools=Fenner",
            "Eastgate Glazing", "Willow Bank Stationers", "Pinnacle Pest Control=Pinnacle", "Stonebridge Plumbing",
            "Calder Office Plants", "Moorgate Signs", "Selby Freight Forwarding", "Orchard Fruit Baskets", "Linton Lifts", "Harrier Shredding", "Copperfield Awnings", "Maplin Road Garage", "Tanner Workwear", "Bramley Laundry", "Castell Translations", "Dunlin Air Filters", "Evergreen Gutters", "Fairlight Scaffolding", "Gatehouse Locks", "Hadley Flooring", "Ivybridge Mats", "Kingsway Batteries",
        ),
        attributes=(
            Attribute("Payment terms", "duration", ("7 days=seven days", "14 days=two weeks", "30 days=thirty days", "45 days", "60 days=sixty days", "90 days=ninety days"), ("payment terms", "is paid within", "invoices from")),
            Attribute("Minimum order", "money", ("£50=£50.00", "£100=£100.00", "£150=£150.00=150 pounds", "£250=£250.00", "£500=£500.00", "£1000=£1,000=£1k"), ("minimum order",)),
            Attribute("Contract end", "date", ("2026-03-31=31 March 2026=March 31, 2026", "2026-07-31=31 July 2026", "2026-12-31=31 December 2026=31st December 2026", "2027-05-15=15 May 2027", "2028-02-29=29 February 2028"),
                      ("contract ends", "contract with", "contract end")),
            Attribute("Account manager", "person", _PEOPLE),
            Attribute("Discount", "percent", ("2.5%=2.5 percent", "5%=5 per cent", "7.5%", "10%=10 percent", "12.5%", "15%=15 percent")),
        ),
        words=("Sterling", "Apex", "Horizon", "Foundry"),
        twins=("Norwood Supplies",),
    ),
    "product": Register(
        key="SKU=KX-{n:03d}",
        called=("Product", "name"),
        names=(
            "Lumen Desk 20", "Lumen Desk 30", "Lumen Floor", "Orbit Chair", "Orbit Chair Plus", "Stackline Shelf", "Stackline Shelf XL", "Glide 5", "Glide 7", "Quietbox Booth",
            "Quietbox Booth Duo", "Postura Stool", "Fold Table 140", "Fold Table 180", "Marker Wall", "Cable Nest", "Rest Sofa", "Coat Tree", "Planter Cube", "Monitor Arm S", "Monitor Arm D",
            "Pin Board Max", "Locker Four", "Locker Six",
            "Task Chair 3", "Task Chair 4", "Bench Long", "Bench Short", "Hush Panel", "Hush Panel Wide", "Trolley Mini", "Trolley Midi", "Drawer Unit A", "Drawer Unit B", "Bar Stool High", "Meeting Oval", "Meeting Round", "Screen Rail", "Foot Rest 1", "Foot Rest 2", "Mat Runner", "Tray Stack", "Clock Plain", "Lamp Clip", "Easel Wide", "Bin Trio", "Rack Bike", "Pod Solo", "Pod Twin", "Divider Felt", "Sit Ball",
        ),
        attributes=(
            Attribute("Price", "money", ("£39.00=£39", "£79.00=£79=79 pounds", "£149.00=£149", "£299.00=£299", "£640.00=£640", "£1,180.00=£1,180=£1.18k"), ("price", "costs", "priced at")),
            Attribute("Warranty", "duration", ("6 months=six months", "12 months=one year=1 year", "24 months=two years", "36 months=3 years=three years", "60 months=five years", "120 months=ten years")),
            Attribute("Assembly time", "duration", ("10 minutes=ten minutes", "20 minutes=twenty minutes", "45 minutes", "1 hour=60 minutes=one hour", "2 hours=two hours", "3 hours=180 minutes")),
            Attribute("Load", "quantity", ("15 kg", "40 kg", "80 kg", "110 kg", "150 kg", "250 kg"), ("load", "carries", "holds")),
            Attribute("Stock", "number", ("12=twelve", "25", "60=sixty", "140", "320"), ("in stock", "stock of")),
        ),
    ),
    "office": Register(
        key="Office code=OF{n:02d}",
        called=("Office", "name"),
        names=(
            "Ghent office=Ghent", "Leipzig office=Leipzig", "Porto office=Porto", "Tampere office=Tampere", "Utrecht office=Utrecht", "Graz office=Graz", "Cork office=Cork", "Aarhus office=Aarhus",
            "Bilbao office=Bilbao", "Brno office=Brno", "Dundee office=Dundee", "Exeter office=Exeter", "Gdansk office=Gdansk", "Lille office=Lille", "Malmo office=Malmo", "Trieste office=Trieste",
            "Vilnius office=Vilnius", "Zadar office=Zadar",
            "Namur office", "Bergen office", "Turin office", "Lublin office", "Ostrava office", "Nantes office", "Girona office", "Kaunas office", "Tartu office", "Linz office",
        ),
        attributes=(
            Attribute("Desks", "number", ("12=twelve", "18=eighteen", "24", "40=forty", "64", "120"), ("desks",)),
            Attribute("Reception", "phone", ("+44 1632 960201=+44 (0)1632 960201", "+44 1632 960212=+44 1632 960 212", "+44 1632 960223=+44 1632 960 223", "+44 1632 960234=+44 1632 960-234", "+44 1632 960245=+44 (0)1632 960245",
                                              "+44 1632 960256=+44 1632 960 256"), ("reception", "front desk")),
            Attribute("Opening time", "time", ("07:00=7 am", "07:30=7.30 am=7:30", "08:00=8 am", "08:30=8.30 am", "09:00=9 am=9:00", "10:00=10 am"), ("opening time", "doors open")),
            Attribute("Office lead", "person", _PEOPLE, ("office lead", "run by")),
            Attribute("Lease until", "date", ("2026-09-30=30 September 2026", "2027-03-31=31 March 2027=March 31, 2027", "2028-12-31=31 December 2028", "2030-06-30=30 June 2030"), ("lease", "leased until")),
        ),
        format="jsonl",
    ),
    "person": Register(
        key="Staff no=E{n:04d}",
        called=("Full name", "person"),
        names=(
            "Alicia Romero", "Bram Hoekstra", "Carys Morgan", "Dmitri Volkov", "Elif Kaya", "Freya Nielsen", "Gordon Baird", "Hiroshi Tanabe", "Irene Castell", "Jakub Maly", "Kirsten Dahl", "Lorenzo Gatti",
            "Maeve Donnelly", "Niklas Ehrling", "Olga Marin", "Paolo Serra", "Rhona Petrie", "Stellan Berg", "Tomas Ruiz", "Una Farrell", "Viktor Hale", "Wanda Zielinska", "Alex Morgan", "Alex Morgan",
        ),
        attributes=(
            Attribute("Email", "email", tuple(f"{n}@kestrix.example" for n in ("alicia", "bram.h", "carys", "dmitri.v", "elif", "freya.n", "gordon", "hiroshi.t", "irene", "jakub.m"))),
            Attribute("Extension", "phone", tuple(f"+44 1632 9607{n}=+44 1632 960 7{n}" for n in (10, 21, 32, 43, 54, 65, 76, 87)), ("extension", "phone", "dial")),
            Attribute("Office", "text", ("Ghent", "Leipzig", "Porto", "Tampere", "Utrecht", "Graz"), ("sits in", "works in", "office")),
            Attribute("Start date", "date", ("2012-02-01=1 February 2012", "2016-10-17=17 October 2016=October 17, 2016", "2019-05-06=6 May 2019", "2022-08-22=22 August 2022", "2024-01-08=8 January 2024"), ("started on", "start date")),
            Attribute("Holiday days", "number", ("20=twenty", "25", "28", "30=thirty", "33"), ("holiday", "days of holiday")),
        ),
        twins=("Alex Morgan",),
    ),
    "service": Register(
        key="Service id=svc-{n:03d}",
        called=("Service", "name"),
        names=(
            "Harbour", "Ledger", "Lantern", "Signal", "InvoiceFlow", "TimeTrack", "Pageturner", "CloudDesk", "PeopleBase", "SpendWise", "Buildkeeper", "Formstack One=Formstack", "Dataloft", "Chatline Pro=Chatline",
            "Secrets Vault", "TicketHub", "SurveyNest", "Meterbox", "Vista Reports=Vista", "OnboardMe", "Mapviewer", "Printserve", "WikiWorks", "QueueMaster",
            "BadgeBox", "CalSync", "DeskPlan", "EchoMail", "FileGate", "GrantDesk", "HelpLoop", "InkTrack", "JobBoard One", "KeyCabinet", "LoanPool", "MapLayer", "NoteStream", "OrderBook Cloud",
        ),
        attributes=(
            Attribute("Service owner", "person", _PEOPLE, ("service owner", "owned by", "owner")),
            Attribute("Log retention", "duration", ("7 days=seven days", "14 days=two weeks", "30 days=thirty days", "90 days=ninety days", "12 months=one year", "24 months=two years"), ("log retention", "logs are kept for", "keeps logs for")),
            Attribute("Uptime", "percent", ("97%=97 percent", "99%=99 per cent", "99.5%", "99.8%=99.8 percent", "99.95%")),
            Attribute("Seats", "number", ("15", "30=thirty", "60=sixty", "90", "200"), ("seats", "licences")),
            Attribute("Support reply", "duration", ("1 hour=60 minutes", "4 hours=four hours", "8 hours=eight hours", "24 hours", "48 hours=two days"), ("support reply", "replies within", "support answers within")),
        ),
        words=("Harbour", "Ledger", "Lantern", "Signal"),
    ),
    "leave": Register(
        key="Policy code=LP{n:02d}",
        called=("Leave type", "name"),
        names=(
            "Parental leave", "Study leave", "Carer's leave", "Bereavement leave", "Volunteering leave", "Moving day leave", "Jury leave", "Unpaid leave", "Sabbatical leave", "Adoption leave", "Blood donor leave", "Wedding leave",
            "Exam leave", "Hospital escort leave", "Reservist leave", "Flood leave", "Fertility leave", "Foster care leave", "House purchase leave", "Graduation leave", "Language course leave", "School start leave", "Pet emergency leave", "Election duty leave", "Choir leave", "Mountain rescue leave", "Trade union leave", "Convalescence leave", "Sports cup leave",
        ),
        attributes=(
            Attribute("Entitlement", "duration", ("1 day=one day", "3 days=three days", "5 days=five days", "10 days=ten days", "20 days=twenty days", "60 days=sixty days"), ("entitlement", "entitled to", "you get")),
            Attribute("Notice period", "duration", ("2 days=two days", "1 week=7 days", "2 weeks=14 days=two weeks", "4 weeks=four weeks", "8 weeks=eight weeks"), ("notice period", "notice of")),
            Attribute("Share of pay", "percent", ("50%=50 percent", "75%=75 per cent", "80%=80 percent", "90%"), ("share of pay", "paid at")),
        ),
    ),
    "vehicle": Register(
        key="Registration=KX{n:02d} ABF",
        called=("Call sign", "name"),
        names=tuple(f"Van {n}" for n in ("Alder", "Birch", "Cedar", "Elm", "Fir", "Hazel", "Larch", "Maple", "Oak", "Rowan", "Spruce", "Yew", "Ash", "Beech", "Holly", "Linden", "Poplar", "Willow")),
        attributes=(
            Attribute("MOT due", "date", ("2026-04-12=12 April 2026", "2026-06-20=20 June 2026=June 20, 2026", "2026-10-03=3 October 2026", "2027-01-25=25 January 2027"), ("MOT due", "MOT is due", "MOT")),
            Attribute("Fuel", "text", ("diesel", "petrol", "electric", "hybrid"), ("fuel", "runs on")),
            Attribute("Payload", "quantity", ("600 kg", "850 kg", "1,100 kg=1100 kg", "1,400 kg=1.4 tonne"), ("payload", "can carry")),
            Attribute("Mileage limit", "quantity", ("8,000 miles", "10,000 miles=10000 miles", "12,000 miles", "20,000 miles"), ("mileage limit",)),
        ),
    ),
}  # fmt: skip

CONFLICTS = {
    "plain": (
        Said("supplier", "Payment terms", "The payment terms with {name} are {v} from the date on the invoice."),
        Said("supplier", "Minimum order", "{name} has a minimum order of {v}, so we bundle what the teams ask for."),
        Said("supplier", "Discount", "Quote our number and {name} takes a discount of {v} off the list."),
        Said("product", "Price", "The {name} costs {v} including delivery to the ground floor."),
        Said("product", "Warranty", "The warranty on the {name} is {v}; keep the label that sits under the seat."),
        Said("product", "Assembly time", "Plan an assembly time of {v} for a {name} and bring your own screwdriver."),
        Said("office", "Desks", "The {name} has {v} desks since the partition came down."),
        Said("office", "Opening time", "The opening time of the {name} is {v}, reception staff permitting."),
        Said("person", "Extension", "For anything about badges phone {name} on {v}."),
        Said("service", "Uptime", "{name} has an uptime of {v} in the contract, and so far they kept to it."),
        Said("leave", "Entitlement", "With {name} you get {v} in any twelve-month period."),
        Said("vehicle", "Payload", "The payload of {name} is {v} with two people in the cab."),
    ),
    "long": (
        Said("supplier", "Contract end", "After a tender with 11 bidders that took eight months, the contract with {name} ends on {v}, and Procurement wants to know by autumn whether we extend."),
        Said("service", "Log retention", "Because the auditors asked for it in 2 of the last 3 years, we wrote down that {name} keeps logs for {v}, mirrored to another region."),
        Said("product", "Load", "The {name}, which we sell about 300 of each year, holds {v} when it is screwed to the wall."),
        Said("office", "Reception", "Parcels for the {name} should be announced a day ahead, so please ring the front desk on {v} and give the number of pallets."),
    ),
    "key": (
        Said("product", "Price", "{key} is priced at {v} in the autumn catalogue."),
        Said("supplier", "Minimum order", "Purchase requests for {key} below the minimum order of {v} are sent back."),
        Said("vehicle", "MOT due", "The MOT for {key} is due on {v}."),
        Said("service", "Seats", "We pay for {v} seats of {key}."),
    ),
    "short_name": (
        Said("supplier", "Account manager", "Our account manager at {short} is {v}, who also covers the north.", "short"),
        Said("office", "Desks", "In {short} there are {v} desks and one that wobbles.", "short"),
        Said("supplier", "Discount", "{short} grant a discount of {v} on everything but freight.", "short"),
    ),
    "misspelt_name": (
        Said("supplier", "Payment terms", "Accounts reminds us: {typo} has payment terms of {v}.", "typo"),
        Said("supplier", "Minimum order", "The minimum order at {typo} is now {v}.", "typo"),
    ),
    "two_attributes": (
        Said("product", "Warranty", "The {name} takes a couple of people to put together and has a warranty of {v}."),
        Said("service", "Seats", "{name} gives us {v} seats and an uptime that nobody has complained about."),
        Said("leave", "Notice period", "{name} has a notice period of {v}; how many days you get depends on the month."),
    ),
    "coordinated": (
        Said("product", "Price", "The {name} is priced at {v} and the {other} at {other_own}."),
        Said("supplier", "Payment terms", "{other} has payment terms of {other_own}, while those of {name} are {v}."),
        Said("office", "Opening time", "Doors open at {v} in the {name} and at {other_own} in the {other}."),
        Said("service", "Log retention", "{name} and {other} have a log retention of {v} and {other_own} respectively."),
    ),
    "heading": (
        Said("supplier", "Minimum order", "## {name}\n\nReliable, if a little slow on the phone. Mind the minimum order of {v}."),
        Said("product", "Assembly time", "## {name}\n\nThe best seller of the spring. Assembly time is {v} for one person."),
        Said("service", "Support reply", "## {name}\n\nRaise a ticket from the help menu. Support answers within {v}."),
        Said("office", "Office lead", "## {name}\n\nOn the second floor, above the bakery. The office lead is {v}."),
        Said("leave", "Share of pay", "## {name}\n\nAsk your manager before you book anything. It is paid at {v} of your normal salary."),
    ),
    "title": (
        Said("service", "Service owner", "# {name} for beginners\n\nEverybody gets an account on day one.\n\nThe service owner is {v}."),
        Said("product", "Load", "# Safety sheet: {name}\n\nFix it to a solid wall.\n\nThe load must not exceed what we tested: {v}."),
        Said("leave", "Notice period", "# {name}\n\nWhat to do, and in which order.\n\nWe need a notice of {v}, in writing."),
        Said("office", "Desks", "# A guide to the {name}\n\nThe coffee is downstairs.\n\nThere are {v} desks, none of them reserved."),
    ),
    "list_item": (
        Said("person", "Extension", "Who helps with what:\n\n- {name}, extension {v}, for keys and parking\n- everybody else through the help desk"),
        Said("supplier", "Discount", "What we agreed this year:\n\n- {name}: discount {v}\n- others as in the framework"),
    ),
    "key_value": (
        Said("service", "Uptime", "## {name}\n\nUptime: {v}\n\nTier: silver\n"),
        Said("product", "Load", "## {name} at a glance\n\n- Load: {v}\n- Made of: birch\n"),
        Said("office", "Reception", "## {name}\n\n**Reception:** {v}\n\n**Lunch:** canteen next door\n"),
        Said("vehicle", "Fuel", "# {name}\n\nFuel: {v}\n\nParked: behind the hall\n"),
        Said("leave", "Entitlement", "## {name}\n\nEntitlement: {v}\nForm: LV-2\n"),
    ),
    "possessive": (
        Said("supplier", "Discount", "{name}'s discount is {v} for the whole group."),
        Said("service", "Log retention", "{name}’s log retention is {v}, same as for its sister."),
        Said("person", "Start date", "{name}'s start date was entered as {v}, and payroll works with that."),
    ),
    "bound": (
        Said("product", "Assembly time", "Assembly time for the {name} is at least {higher}, even for two."),
        Said("leave", "Entitlement", "Under {name} you are entitled to at most {lower}."),
        Said("supplier", "Minimum order", "With {name} the minimum order is more than {higher}."),
        Said("service", "Seats", "For {name} we have fewer than {lower} seats."),
    ),
    "inflected": (
        Said("product", "Price", "Both colours of the {name} cost {v}."),
        Said("supplier", "Discount", "In the third year {name} gives us discounts of {v}."),
        Said("product", "Load", "Bolted down, a {name} can hold {v} without bending."),
    ),
    "other_words": (
        Said("supplier", "Payment terms", "{name} wants its money {v} after the invoice."),
        Said("product", "Warranty", "We repair a {name} free of charge for {v}."),
        Said("service", "Service owner", "Ask {v} before you change anything in {name}."),
    ),
    "word_name": (
        Said("service", "Log retention", "{name} keeps logs for {v}, then they are gone for good.", "word"),
        Said("supplier", "Payment terms", "The payment terms of {name} are {v}.", "word"),
    ),
    "must": (
        Said("supplier", "Payment terms", "{name} is paid within {v}, and this must be kept even in December."),
        Said("leave", "Notice period", "For {name} managers must insist on a notice period of {v}."),
    ),
    "listed_value": (
        Said("person", "Office", "{name} sits in {v}, next to the window."),
        Said("vehicle", "Fuel", "{name} runs on {v}."),
        Said("office", "Office lead", "The {name} is run by {v}."),
    ),
}  # fmt: skip

NEAR_MISSES = {
    "same_other_form": (
        Said("supplier", "Payment terms", "Our payment terms with {name} are {same}."),
        Said("supplier", "Minimum order", "The minimum order at {name} is {same}, delivery not counted."),
        Said("product", "Price", "A {name} costs {same}."),
        Said("product", "Warranty", "The {name} comes with a warranty of {same}."),
        Said("office", "Opening time", "At the {name} the doors open at {same}."),
        Said("office", "Reception", "The reception of the {name} has the number {same}."),
        Said("service", "Log retention", "The log retention of {name} is {same}."),
        Said("leave", "Notice period", "The notice period for {name} is {same}."),
        Said("vehicle", "MOT due", "{name} has its MOT due on {same}."),
        Said("supplier", "Contract end", "The contract with {name} ends on {same}."),
        Said("service", "Service owner", "{name} is owned by {same}."),
        Said("person", "Holiday days", "{name} has {same} days of holiday."),
    ),
    "past": (
        Said("supplier", "Payment terms", "Until the new agreement the payment terms with {name} were {v}."),
        Said("product", "Price", "Two years ago the {name} cost {v}, and its price has gone up since."),
        Said("office", "Desks", "The {name} had {v} desks before the refit."),
        Said("service", "Uptime", "In 2023 {name} reached an uptime of {v}."),
        Said("leave", "Entitlement", "The entitlement for {name} was formerly {v}."),
        Said("person", "Office", "{name} previously worked in {v}."),
        Said("supplier", "Discount", "{name} no longer gives the discount of {v}."),
        Said("product", "Warranty", "Models of the {name} from the first series still had a warranty of {v}."),
    ),
    "planned": (
        Said("product", "Price", "From January the {name} will cost {v}."),
        Said("supplier", "Payment terms", "We have asked {name} to move to payment terms of {v}."),
        Said("office", "Desks", "The {name} is going to have {v} desks after the summer."),
        Said("service", "Seats", "{name} is planned to grow to {v} seats."),
        Said("leave", "Entitlement", "The works council proposes an entitlement of {v} for {name}."),
        Said("vehicle", "Fuel", "We intend to replace {name} with one that runs on {v}."),
        Said("supplier", "Discount", "From next year {name} offers a discount of {v}."),
    ),
    "hypothetical": (
        Said("supplier", "Minimum order", "If the minimum order at {name} were {v}, we would order every week."),
        Said("product", "Price", "Suppose the {name} had a price of {v}: who would buy it?"),
        Said("service", "Log retention", "With a log retention of {v}, {name} would need a second disk."),
        Said("leave", "Notice period", "Even if {name} had a notice period of {v}, nobody would plan ahead."),
    ),
    "reported": (
        Said("supplier", "Discount", "According to a flyer, {name} has a discount of {v} for schools."),
        Said("product", "Warranty", "A customer told us that the warranty of the {name} is {v}, which we could not find anywhere."),
        Said("service", "Uptime", "The vendor says: “{name} has an uptime of {v}.”"),
        Said("office", "Opening time", "Someone believed that the opening time of the {name} is {v} and stood in the rain."),
    ),
    "question": (
        Said("supplier", "Contract end", "Does the contract with {name} really end on {v}?"),
        Said("product", "Load", "Is it true that the {name} holds {v}?"),
        Said("person", "Extension", "Does anybody know whether {name} still has extension {v}?"),
        Said("leave", "Share of pay", "Why is {name} paid at {v} only?"),
    ),
    "example": (
        Said("supplier", "Discount", "For example, with {name} and a discount of {v} you would pay less than at the market."),
        Said("service", "Log retention", "Write it as in “{name}: log retention {v}”, one line per service."),
        Said("person", "Email", "Say {name} had the email {v}, then the sync makes a second account."),
    ),
    "negated": (
        Said("supplier", "Payment terms", "The payment terms of {name} are not {v}."),
        Said("product", "Price", "No {name} costs {v}, not even in the sale."),
        Said("service", "Service owner", "{name} is not owned by {v}, although the mail footer says so."),
        Said("office", "Desks", "The {name} does not have {v} desks; that figure includes the terrace."),
    ),
    "bound_admits": (
        Said("supplier", "Minimum order", "The minimum order at {name} is under {higher} for most goods."),
        Said("product", "Assembly time", "Assembly time of the {name}: between {lower} and {higher}."),
        Said("leave", "Entitlement", "You are entitled to up to {higher} of {name}."),
        Said("service", "Seats", "There are at least {lower} seats for {name}."),
        Said("product", "Warranty", "The warranty of the {name} is longer than {lower}."),
        Said("supplier", "Payment terms", "{name} gives us payment terms of no less than {lower}."),
    ),
    "other_attribute": (
        Said("supplier", "Payment terms", "{name} sent a note on payment terms {v} after the meeting."),
        Said("supplier", "Minimum order", "{name} charges {v} for delivery below the minimum order."),
        Said("product", "Price", "Delivery of a {name} is another {v} on top of the price."),
        Said("product", "Warranty", "The {name} arrives within {v} and the warranty card is in the box."),
        Said("office", "Opening time", "The {name} locks its doors at {v}; the opening time is on the sign."),
        Said("office", "Reception", "The caretaker of the {name} is on {v}."),
        Said("person", "Email", "{name} looks after the list {v}, where all requests arrive."),
        Said("person", "Start date", "{name} gave a talk on {v}."),
        Said("service", "Log retention", "{name} logs people out after {v}."),
        Said("service", "Seats", "{name} has about {v} visitors a day."),
        Said("leave", "Entitlement", "Send the form for {name} to Payroll within {v}."),
        Said("vehicle", "MOT due", "{name} was washed on {v}."),
        Said("supplier", "Contract end", "{name} signed the contract on {v}."),
    ),
    "other_subject": (
        Said("supplier", "Payment terms", "In contrast to {name}, the Polder Group has payment terms of {v}."),
        Said("product", "Price", "The cushion for the {name} costs {v}."),
        Said("service", "Uptime", "The database under {name} has an uptime of {v}."),
        Said("office", "Desks", "The landlord of the {name} has {v} desks of his own upstairs."),
        Said("person", "Extension", "The assistant of {name} has extension {v}."),
        Said("supplier", "Discount", "## {name}\n\nGood for small orders. Other shops give a discount of {v}."),
    ),
    "ambiguous_name": (
        Said("supplier", "Payment terms", "The payment terms of {name} are {v}, as agreed.", "twin"),
        Said("supplier", "Discount", "{name} gives a discount of {v}.", "twin"),
        Said("person", "Extension", "Please dial {v} for {name}.", "twin"),
    ),
    "common_word": (
        Said("service", "Log retention", "Every ship in the harbour keeps logs for {v}.", "Harbour"),
        Said("service", "Seats", "The lantern hall has {v} seats, so come early.", "Lantern"),
        Said("service", "Uptime", "A signal with an uptime of {v} is all that the alarm company asks for.", "Signal"),
        Said("supplier", "Discount", "There is no discount on the horizon; {v} was a one-off.", "Horizon"),
        Said("supplier", "Minimum order", "For castings the foundry round the corner has a minimum order of {v}.", "Foundry"),
    ),
    "two_subjects": (
        Said("supplier", "Payment terms", "{name} or {other}, I forget which, has payment terms of {v}."),
        Said("product", "Price", "Together, the {name} and the {other} cost {v}."),
        Said("service", "Seats", "{name} and {other} share a pool of {v} seats."),
    ),
    "scope": (
        Said("supplier", "Discount", "On furniture only, {name} gives a discount of {v}."),
        Said("service", "Log retention", "On the free plan the log retention of {name} is {v}."),
        Said("office", "Opening time", "On Saturdays the opening time of the {name} is {v}."),
        Said("leave", "Entitlement", "For part-timers the entitlement to {name} is {v}."),
        Said("product", "Price", "For schools the {name} costs {v}."),
    ),
    "longer_name": (
        Said("supplier", "Discount", "Apex Ladders has a discount of {v}.", "Apex"),
        Said("product", "Price", "The Glide 5 Mat costs {v}.", "Glide 5"),
        Said("service", "Seats", "Signal Box Tours has {v} seats.", "Signal"),
    ),
    "no_value": (
        Said("supplier", "Discount", "{name} was asked on 3 March about a discount."),
        Said("product", "Warranty", "The {name} has a warranty that covers 4 kinds of damage."),
        Said("office", "Reception", "The reception of the {name} moves to the third floor."),
    ),
}  # fmt: skip

GRIDS = (
    Grid("product", ("Price", "Warranty"), ("Product", "Price", "Warranty"), "markdown", "The range on one page:"),
    Grid("supplier", ("Payment terms", "Discount"), ("Supplier", "Payment terms", "Discount"), "html", "Terms by supplier:"),
    Grid("service", ("Service owner", "Log retention"), ("Service", "Service owner", "Log retention"), "markdown", "Who owns which service:"),
    Grid("office", ("Desks", "Opening time"), ("Office", "Desks", "Opening time"), "html", "Our offices:"),
    Grid("product", ("Load", "Assembly time"), ("SKU", "Load", "Assembly time"), "key", "For the fitters:"),
    Grid("leave", ("Entitlement", "Share of pay"), ("Type of leave", "Entitlement", "Share of pay"), "markdown", "Which leave there is:"),
    Grid("vehicle", ("Payload", "Fuel"), ("Vehicle", "Payload", "Fuel"), "html", "The fleet:"),
    Grid("product", ("Price", "Load"), ("Feature", "Price", "Load"), "across", "Compare:"),
    Grid("service", ("Uptime",), ("", "Uptime"), "definitions", "Uptime by service:"),
)  # fmt: skip

FILLER = (
    "Somebody has to water the plants on the landing.", "The rest of this page is a draft that never grew up.", "Ask in the channel before you ask your neighbour.",
    "We print this once a year for those who like paper.", "The old intranet had a nicer picture here.", "Feel free to correct typing errors.", "The cupboard key hangs behind the door.",
    "Meeting rooms are booked through the calendar.", "This came up in the retrospective again.", "Nobody remembers who wrote the first version.", "Keep receipts in the blue folder.",
    "There is cake on birthdays.", "The short version fits on a postcard.", "Please do not forward this outside.", "Some of it is folklore by now.", "The window on the left does not close.",
)  # fmt: skip

TITLES = ("Odds and ends", "Team notes", "Cheat sheet", "What to know", "Working notes", "Round-up", "Memory aid", "From the desk", "Notes of the week", "Overview",
          "Small print", "Asked and answered", "Scratch page", "Findings", "Roundabout", "Minutes and more", "Digest", "Rules of thumb")  # fmt: skip

HALF = Half(REGISTERS, CONFLICTS, NEAR_MISSES, GRIDS, FILLER, TITLES, seed=20262)
