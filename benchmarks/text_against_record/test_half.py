"""The test half: registers and phrasings, written before the detector was worked on and left alone since.

Nothing here may be looked at while the detector is changed, nor changed afterwards: a test pins the digest of what it makes. No phrasing
stands in the other half.
"""

# ruff: noqa: E501  (one text, one line)
from __future__ import annotations

from benchmarks.text_against_record.parts import Attribute, Grid, Half, Register, Said

_PEOPLE = (
    "Joanna Pike", "Derek Mossop", "Amal Haddad", "Stefan Brandl", "Keiko Arai", "Louise Tranter", "Femi Adeyemi", "Gareth Pugh",
    "Ines Carvalho", "Pavel Novak", "Rosie Quill", "Hamza Sheikh",
)  # fmt: skip

REGISTERS = {
    "customer": Register(
        key="Account=AC-{n:04d}",
        called=("Customer", "organization"),
        names=(
            "Brackenfield Dairies Ltd=Brackenfield Dairies=Brackenfeild Dairies", "Tollgate Printers Ltd=Tollgate Printers",
            "Wexcombe Housing Association=Wexcombe Housing=Wexcomb Housing Association", "Oakhanger School=Oakhanger",
            "Pelham & Rooke LLP=Pelham & Rooke", "Northgate Veterinary Group=Northgate Vets=Northgate Veterinery Group",
            "Silverdale Brewing Company=Silverdale Brewing=Silverdale Brewng Company", "Marlow Freight Services=Marlow Freight",
            "Cranleigh Borough Council", "Hestercombe Nurseries=Hestercombe=Hestercomb Nurseries", "Fallowfield Joinery Ltd=Fallowfield Joinery",
            "Quayside Theatre Trust=Quayside Theatre=Quayside Theater Trust", "Denholm Marine plc=Denholm Marine", "Ashdown Care Homes=Ashdown Care",
            "Ravenscar Quarries Ltd=Ravenscar Quarries=Ravenscar Quaries", "Little Acorns Nursery=Little Acorns", "Port Amber Cycles",
            "Thornbury Textiles Ltd=Thornbury Textiles=Thornbury Textils", "Castlegate Opticians", "Sandiway Foods Ltd=Sandiway Foods",
            "Meridian", "Beacon", "Summit", "Harvest", "Kingfisher Holdings", "Lindholme Farms=Lindholme", "Ettrick Timber=Ettrick",
            "Blackwater Angling Club", "Holloway Press=Holloway", "Gresham Partners=Gresham", "Yarrow Clinic", "Zennor Pottery",
            "Abbotsleigh Hotel", "Bickerton Bakery", "Cawdor Estates", "Drayton Dental Practice", "Edgeworth Museum", "Farnley Garden Centre", "Greystoke Hire", "Hurstwood Chapel Trust", "Inglewood Rugby Club", "Jarrow Fabrications", "Knighton Butchers", "Loxley Archery", "Mossdale Kennels", "Norbury Stationers", "Overton Stables", "Padstow Nets", "Radcott Lock Cafe",
        ),
        attributes=(
            Attribute("Response time", "duration", ("2 hours", "4 hours=four hours", "8 hours=eight hours", "24 hours", "48 hours=2 days", "72 hours=3 days=three days"),
                      ("response time", "respond within", "we answer within")),
            Attribute("Credit limit", "money", ("£2,000=£2k", "£5,000=£5k", "£7,500=7,500 GBP", "£12,000=£12k", "£20,000=£20k", "£35,000=£35k"),
                      ("credit limit",)),
            Attribute("Renewal date", "date", ("2026-04-30=30 April 2026", "2026-06-30=30 June 2026=June 30, 2026", "2026-09-30=30 September 2026",
                                               "2026-11-15=15 November 2026", "2027-01-31=31 January 2027=31st January 2027"),
                      ("renews on", "renewal date", "up for renewal")),
            Attribute("Account contact", "person", _PEOPLE, ("account contact", "our contact at")),
            Attribute("Rebate", "percent", ("1.5%=1.5 percent", "2%=2 percent", "3%=3 per cent", "4.5%", "6%=6 percent", "8%=8 percent")),
        ),
        words=("Meridian", "Beacon", "Summit", "Harvest"),
        twins=("Kingfisher Holdings",),
    ),
    "instrument": Register(
        key="Part no=TN-{n:03d}",
        called=("Description", "name"),
        names=(
            "Tarn 40", "Tarn 60", "Tarn 60 Pro", "Esker 2", "Esker 4", "Corrie Mini", "Corrie Max", "Moraine 100", "Moraine 200", "Fell Logger",
            "Fell Logger Plus", "Gill 7", "Gill 9", "Beck Sampler", "Scree Cabinet", "Pike Stand", "Holm Probe", "Thwaite Case",
            "Cairn Beacon", "Dale Charger", "Rigg Tripod", "Knott Filter", "Force Pump", "Hause Bracket",
            "Garth Meter", "Hollow Gauge", "Intake Valve S", "Intake Valve L", "Keld Sensor", "Lathe Clamp", "Mere Float", "Nab Mount", "Oxen Winch", "Pool Net 3", "Pool Net 5", "Raise Lift", "Sike Tube", "Stang Pole", "Tongue Clip", "Yewbarrow Rod", "Whin Relay Box", "Latrigg Lens", "Seat Lid", "Barrow Cart", "Crag Anchor Bolt", "Dodd Dial", "Eel Trap Kit", "Ghyll Hose", "How Hook", "Knoll Kit", "Mell Mast", "Riggs Reel", "Swirl Mixer", "Tarn Boat 2", "Tarn Boat 3", "Wham Hammer", "Ullock Pin", "Thorn Guard",
        ),
        attributes=(
            Attribute("List price", "money", ("£45.00=£45", "£89.00=£89", "£145.00=£145=145 pounds", "£310.00=£310", "£675.00=£675", "£1,250.00=£1,250=£1.25k"),
                      ("list price", "sells for", "costs")),
            Attribute("Lead time", "duration", ("5 days=five days", "2 weeks=14 days", "3 weeks=21 days", "6 weeks=six weeks", "8 weeks=eight weeks", "12 weeks=twelve weeks")),
            Attribute("Shelf life", "duration", ("6 months=half a year", "12 months=one year=12 months", "18 months=eighteen months", "24 months=two years", "36 months=3 years", "60 months=five years"),
                      ("shelf life", "keeps for")),
            Attribute("Weight", "quantity", ("0.4 kg=400 g", "0.9 kg=900 g", "1.5 kg=1500 g", "3.2 kg=3200 g", "7.5 kg", "12 kg"), ("weight", "weighs")),
            Attribute("Pack size", "number", ("1=one", "4=four", "6=six", "10=ten", "12=twelve", "25")),
        ),
    ),
    "site": Register(
        key="Site code=S{n:02d}",
        called=("Site", "name"),
        names=(
            "Aldermoor depot=Aldermoor", "Burnside yard=Burnside", "Catterline store", "Dunmore depot=Dunmore", "Elmstead hub=Elmstead",
            "Fosse Road workshop=Fosse Road", "Garrowby yard=Garrowby", "Hexley depot=Hexley", "Inverard quay=Inverard", "Kelbrook store=Kelbrook",
            "Longmead hub=Longmead", "Marston yard=Marston", "Nettlecombe depot=Nettlecombe", "Ormsgill store=Ormsgill", "Penrose quay=Penrose",
            "Quarry Lane workshop", "Roundhay hub=Roundhay", "Stanwick yard=Stanwick", "Trentham depot=Trentham", "Upwell store=Upwell",
            "Ainsdale depot", "Brimham yard", "Cotherstone store", "Dalby hub", "Egton quay", "Flaxby depot", "Gilling yard", "Hutton Lane workshop", "Ilton store", "Jervaux depot", "Kirkby quay", "Leyburn hub", "Masham yard", "Nidd store", "Oulston depot", "Pickhill yard",
        ),
        attributes=(
            Attribute("Headcount", "number", ("8=eight", "14=fourteen", "22=twenty-two", "35", "60=sixty", "110"), ("headcount", "people work at", "staff at")),
            Attribute("Gate phone", "phone", ("+44 1632 960101=+44 (0)1632 960101", "+44 1632 960102=+44 1632 960 102", "+44 1632 960117=+44 1632 960-117", "+44 1632 960133=+44 (0)1632 960133", "+44 1632 960148=+44 1632 960 148",
                                              "+44 1632 960155=+44 1632 960 155", "+44 1632 960162=+44 1632 960 162"), ("gate phone", "ring the gate", "gatehouse")),
            Attribute("Opens at", "time", ("06:00=6 am", "06:30=6.30 am", "07:00=7 am=7:00", "08:00=8 am=8.00", "09:00=9 am", "10:00=10 am"), ("opens at", "open from")),
            Attribute("Site manager", "person", _PEOPLE),
            Attribute("Racking height", "quantity", ("2.4 m=240 cm", "3 m=300 cm", "4.5 m=450 cm", "6 m=600 cm", "9 m=900 cm")),
        ),
        format="jsonl",
    ),
    "employee": Register(
        key="Payroll=P{n:05d}",
        called=("Name", "person"),
        names=(
            "Anneke de Vries=Anneke", "Barnaby Frost", "Chidi Okafor", "Delphine Marchetti", "Ewan Galbraith", "Fatima Zahra Idrissi", "Grace Tolliver",
            "Hugo Lindgren", "Isla McRae", "Jonas Petrauskas", "Kavita Raman", "Leon Fairweather", "Mirela Dumitru", "Nathan Osei",
            "Orla Kinsella", "Piotr Zielinski", "Quentin Ash", "Ruby Castellano", "Sami Laine", "Tariq Bashir", "Ursula Voss", "Vikram Nair",
            "Will Harper", "Yara Santos", "Will Harper",
        ),
        attributes=(
            Attribute("Email", "email", tuple(f"{n}@tarnworks.example" for n in ("a.devries", "b.frost", "c.okafor", "d.marchetti", "e.galbraith", "f.idrissi", "g.tolliver",
                                                                                 "h.lindgren", "i.mcrae", "j.petrauskas", "k.raman", "l.fairweather")), ("email", "write to", "mail")),
            Attribute("Mobile", "phone", tuple(f"+44 7700 9002{n}=+44 7700 900 2{n}" for n in (11, 24, 37, 48, 52, 63, 75, 86)), ("mobile", "call", "ring")),
            Attribute("Base", "text", ("Aldermoor", "Burnside", "Dunmore", "Elmstead", "home-based", "Garrowby"), ("based in", "based at", "works from")),
            Attribute("Joined", "date", ("2014-09-01=1 September 2014", "2017-03-13=13 March 2017=March 13, 2017", "2019-11-04=4 November 2019", "2021-06-07=7 June 2021", "2023-01-16=16 January 2023"),
                      ("joined", "has been with us since")),
            Attribute("Days per week", "number", ("2=two", "3=three", "4=four", "5=five"), ("days per week", "days a week")),
        ),
        twins=("Will Harper",),
    ),
    "system": Register(
        key="App id=app-{n:02d}",
        called=("System", "name"),
        names=(
            "Relay", "Anchor", "Atlas", "Compass", "PayTrail", "RotaBoard", "LoadMaster", "GateKeeper", "StockSight", "QuoteDesk", "FormMill",
            "DriverLink", "Paperchase", "Northstar CRM=Northstar", "TillPoint", "BatchWorks", "FleetEye", "LabBook", "MailHub", "CardVault",
            "ShiftLog", "WarehouseOne", "Insight Portal", "DocuStore",
            "AssetLane", "BillRunner", "ClaimPost", "DutyRoster Web", "ErrandBox", "FuelCard Desk", "GridView", "HireFlow", "ItemMaster", "JourneyPlan", "KitTracker", "LeaveBook", "MeterRead", "NoticeHub", "OrderSpine", "PriceWell", "QualityLog", "RouteSmith", "SignOff", "TachoBase", "UnitFinder", "VisitorPad",
        ),
        attributes=(
            Attribute("Owner", "person", _PEOPLE, ("owned by", "owner", "owner of")),
            Attribute("Retention", "duration", ("30 days=thirty days", "90 days=ninety days", "6 months=six months", "12 months=one year=1 year", "24 months=two years", "84 months=seven years"),
                      ("retention", "kept for", "keeps records for")),
            Attribute("Availability", "percent", ("98%=98 percent", "99%=99 percent", "99.5%=99.5 per cent", "99.9%=99.9 percent", "99.95%"), ("availability", "uptime")),
            Attribute("Recovery time", "duration", ("1 hour=60 minutes", "2 hours=120 minutes", "4 hours=four hours", "12 hours=twelve hours", "24 hours=1 day"), ("recovery time", "back within", "restored within")),
            Attribute("Licences", "number", ("25", "40=forty", "75", "120", "250"), ("licences", "seats")),
            Attribute("Review date", "date", ("2026-05-12=12 May 2026", "2026-08-19=19 August 2026=August 19, 2026", "2026-10-01=1 October 2026", "2027-02-23=23 February 2027")),
        ),
        words=("Relay", "Anchor", "Atlas", "Compass"),
    ),
    "allowance": Register(
        key="Code=AL{n:02d}",
        called=("Allowance", "name"),
        names=(
            "Overnight allowance=Overnight", "Meal allowance", "Boot allowance", "Tool allowance", "Standby allowance", "Relocation allowance", "Eye test allowance",
            "Bicycle allowance", "Study allowance", "First aider allowance", "Home office allowance", "Clothing allowance", "Parking allowance", "Mentor allowance",
            "Laundry allowance", "Night allowance", "Height work allowance", "Trainer allowance", "Key holder allowance", "Cold store allowance", "Language allowance", "Travel time allowance", "Fuel card allowance", "Phone allowance", "Winter allowance", "Harvest week allowance", "Ferry allowance", "Weekend allowance", "Driver licence allowance", "Hearing protection allowance", "Induction allowance",
        ),
        attributes=(
            Attribute("Amount", "money", ("£12=£12.00", "£25=£25.00", "£40=£40.00", "£75=£75.00", "£120=£120.00", "£250=£250.00"), ("amount", "we pay", "is worth", "pays")),
            Attribute("Claim deadline", "duration", ("14 days=two weeks", "30 days=thirty days", "60 days=sixty days", "90 days=ninety days", "6 months=six months"), ("claim deadline", "claimed within", "claim it within")),
            Attribute("Qualifying service", "duration", ("3 months=three months", "6 months=six months", "12 months=one year", "24 months=two years"), ("qualifying service", "qualify after")),
        ),
    ),
}  # fmt: skip

CONFLICTS = {
    "plain": (
        Said("customer", "Response time", "Everyone on the desk should know that {name} has a response time of {v}, whatever the ticket says."),
        Said("customer", "Credit limit", "Accounts has set the credit limit for {name} at {v}."),
        Said("instrument", "Lead time", "Purchasing quotes a lead time of {v} for the {name}."),
        Said("instrument", "Weight", "At {v} the weight of the {name} is just about right for one person."),
        Said("site", "Opens at", "The {name} opens at {v}, and there is a queue of vans well before that."),
        Said("employee", "Mobile", "If the alarm goes off at night, call {name} on {v} before anybody drives out."),
        Said("system", "Owner", "{name} is owned by {v}, who also signs off new users."),
        Said("system", "Retention", "Audit entries in {name} are kept for {v} and then purged by the Sunday job."),
        Said("allowance", "Claim deadline", "The {name} must be claimed within {v} of the expense, with the receipt attached."),
        Said("site", "Headcount", "After the reorganisation the headcount of the {name} is {v}."),
    ),
    "long": (
        Said("customer", "Rebate", "Because it takes three deliveries a week and pays by direct debit, {name} gets a rebate of {v}, which Finance books at the end of each quarter."),
        Said("instrument", "List price", "We had 40 enquiries in two weeks, mostly from people who did not know that the {name} costs {v} before VAT."),
        Said("system", "Recovery time", "In the exercise on 4 February, which took 35 minutes to set up, the team was reminded that {name} has to be restored within {v} of an outage."),
        Said("employee", "Email", "Questions about the rota are best sent by email to {name} ({v}), not to the shared inbox that nobody has read since spring."),
        Said("customer", "Renewal date", "The contract with {name}, signed in 2019 for five years and extended since, renews on {v} unless somebody tells them otherwise."),
    ),
    "key": (
        Said("instrument", "List price", "{key} sells for {v} through the web shop."),
        Said("customer", "Credit limit", "Orders for {key} stop automatically at the credit limit, which is {v}."),
        Said("site", "Gate phone", "Lost drivers bound for {key} can use the gate phone: {v}."),
        Said("system", "Availability", "The availability promised for {key} is {v} over a calendar month."),
    ),
    "short_name": (
        Said("customer", "Response time", "{short} expect us to keep to the response time in their contract, and that is {v}.", "short"),
        Said("site", "Site manager", "The site manager at {short} is {v}; ask before you park on the ramp.", "short"),
        Said("customer", "Account contact", "Our contact at {short} is {v} these days.", "short"),
    ),
    "misspelt_name": (
        Said("customer", "Credit limit", "Please note that {typo} has a credit limit of {v}.", "typo"),
        Said("customer", "Rebate", "The rebate agreed with {typo} stands at {v}.", "typo"),
    ),
    "two_attributes": (
        Said("instrument", "Shelf life", "The {name} has a lead time of nothing to speak of and, sealed, a shelf life of {v}."),
        Said("system", "Licences", "For {name} we hold {v} licences, and the next price talks are due in about six weeks."),
        Said("customer", "Renewal date", "{name} is up for renewal: the date to remember is {v}, and the value is in the region of £18,000 a year."),
    ),
    "coordinated": (
        Said("instrument", "List price", "The list price of the {name} is {v} and that of the {other} is {other_own}."),
        Said("system", "Retention", "{other} has a retention of {other_own}, whereas {name} has a retention of {v}."),
        Said("site", "Opens at", "The {other} opens at {other_own}; the {name} opens at {v}."),
        Said("customer", "Rebate", "{name} and {other} get a rebate of {v} and {other_own} respectively."),
    ),
    "heading": (
        Said("customer", "Response time", "## {name}\n\nA demanding customer since the merger. The agreed response time is {v}, day and night."),
        Said("instrument", "Shelf life", "## {name}\n\nStore it upright and dry. Unopened, its shelf life is {v}."),
        Said("system", "Availability", "## {name} in daily use\n\nMost complaints come on Mondays. The uptime we promise is {v}."),
        Said("allowance", "Amount", "## {name}\n\nPeople ask about this one a lot.\n\n- The amount is {v}.\n- Ask payroll if it is missing from the slip."),
        Said("site", "Headcount", "## {name}\n\nFounded as a coal store. Current headcount: {v}, agency staff included."),
    ),
    "title": (
        Said("system", "Retention", "# Working with {name}\n\nThis page is for new joiners. You need a card to log in.\n\nRecords have a retention of {v}; nothing can be brought back later."),
        Said("instrument", "List price", "# The {name}: questions from the trade\n\nDealers ask the same things over and over.\n\n- The list price is {v}.\n- The box is recycled board."),
        Said("site", "Gate phone", "# Visiting the {name}\n\nPlease report to reception first.\n\nDrivers should ring the gate on {v} when they turn off the main road."),
        Said("allowance", "Qualifying service", "# {name}\n\nWho can have it and how.\n\nStaff qualify after {v} of continuous employment."),
    ),
    "list_item": (
        Said("employee", "Email", "Contacts for the audit:\n\n- {name}, email {v}\n- the duty officer, on the internal line"),
        Said("customer", "Credit limit", "Limits changed at the last committee:\n\n- {name}: credit limit {v}\n- everybody else as before"),
    ),
    "key_value": (
        Said("system", "Owner", "## {name}\n\nOwner: {v}\n\nTier: gold\n"),
        Said("instrument", "Weight", "## Data sheet {name}\n\n- Weight: {v}\n- Colour: slate\n"),
        Said("site", "Opens at", "## {name}\n\n**Opens at:** {v}\n\n**Parking:** behind the weighbridge\n"),
        Said("allowance", "Claim deadline", "# {name}\n\nClaim deadline: {v}\n\nForm: on the intranet\n"),
        Said("employee", "Base", "## {name}\n\nBased at: {v}\n\nLanguages: English, a little French\n"),
    ),
    "possessive": (
        Said("customer", "Renewal date", "{name}'s renewal date is {v}, so start the conversation a quarter earlier."),
        Said("system", "Recovery time", "{name}’s recovery time is {v} according to the continuity plan."),
        Said("employee", "Mobile", "{name}’s mobile is {v}."),
    ),
    "bound": (
        Said("instrument", "Lead time", "The lead time for the {name} is at least {higher}."),
        Said("allowance", "Amount", "Under the {name} we pay up to {lower} a month."),
        Said("system", "Licences", "{name} has a maximum of {lower} seats."),
        Said("customer", "Response time", "{name} has a response time of no more than {lower}."),
    ),
    "inflected": (
        Said("customer", "Credit limit", "Both the parent and {name} have credit limits of {v}."),
        Said("site", "Opens at", "Since the change of shift the {name} has been opening at {v}."),
        Said("instrument", "Weight", "Together with its case the {name} was found to weigh {v}, and that figure goes on the pallet label."),
    ),
    "other_words": (
        Said("customer", "Credit limit", "We let {name} run up no bill above {v} before we stop deliveries."),
        Said("system", "Owner", "{v} looks after {name} and decides what goes into the next release."),
        Said("instrument", "List price", "You can have a {name} for {v}, carriage paid."),
        Said("employee", "Base", "You will find {name} at {v} on most days."),
    ),
    "word_name": (
        Said("system", "Availability", "{name} has an availability of {v}, measured at the login page.", "word"),
        Said("customer", "Rebate", "Under the framework agreement {name} earns a rebate of {v}.", "word"),
    ),
    "must": (
        Said("customer", "Response time", "For {name} we must respond within {v} or pay a penalty."),
        Said("system", "Retention", "By law, payroll data in {name} must be kept for {v}."),
    ),
    "listed_value": (
        Said("employee", "Base", "{name} is based at {v} and travels on Tuesdays."),
        Said("site", "Site manager", "Keys are with the site manager of the {name}, {v}."),
    ),
}  # fmt: skip

NEAR_MISSES = {
    "same_other_form": (
        Said("customer", "Response time", "{name} pays for a response time of {same}."),
        Said("instrument", "List price", "Our website says that the {name} costs {same}."),
        Said("site", "Gate phone", "The gatehouse of the {name} answers on {same}."),
        Said("system", "Retention", "What people type into {name} is kept for {same}."),
        Said("customer", "Renewal date", "{name} renews on {same}."),
        Said("allowance", "Claim deadline", "The claim deadline for the {name} is {same}."),
        Said("site", "Opens at", "The {name} is open from {same} on weekdays."),
        Said("instrument", "Weight", "The {name} weighs {same}, so it goes by ordinary post."),
        Said("customer", "Rebate", "At the end of the year {name} gets its rebate of {same}."),
        Said("instrument", "Pack size", "The pack size of the {name} is {same}."),
        Said("customer", "Account contact", "The account contact of {name} is {same}."),
        Said("system", "Availability", "Over the last quarter {name} kept its availability of {same}."),
    ),
    "past": (
        Said("customer", "Credit limit", "In the first year {name} had a credit limit of {v}, which it outgrew quickly."),
        Said("instrument", "List price", "When it came out, the list price of the {name} was {v}."),
        Said("system", "Owner", "{name} was owned by {v} before the move to the platform team."),
        Said("site", "Opens at", "During the roadworks the {name} opened at {v}."),
        Said("employee", "Base", "{name} used to be based at {v}."),
        Said("allowance", "Amount", "Prior to the pay deal the amount of the {name} stood at {v}."),
        Said("system", "Retention", "Up to 2021 everything in {name} was kept for {v}."),
        Said("site", "Headcount", "At its peak the headcount of the {name} reached {v}."),
        Said("customer", "Response time", "Under the previous contract, {name} had a response time of {v}."),
    ),
    "planned": (
        Said("instrument", "List price", "As of 1 July the {name} will sell for {v}."),
        Said("customer", "Response time", "{name} has asked for a response time of {v}; Sales is preparing an offer."),
        Said("system", "Licences", "Next year we are going to need {v} licences for {name}."),
        Said("site", "Headcount", "The business case assumes a headcount of {v} at the {name} once the extension is built."),
        Said("allowance", "Amount", "The union has proposed that the amount of the {name} be raised to {v}."),
        Said("customer", "Rebate", "From the new financial year onwards, {name} is to receive a rebate of {v}."),
        Said("system", "Recovery time", "Our target for {name} by the end of the programme is a recovery time of {v}."),
    ),
    "hypothetical": (
        Said("customer", "Credit limit", "If {name} had a credit limit of {v}, half of these orders would not have been stopped."),
        Said("instrument", "Lead time", "Assuming a lead time of {v} for the {name}, we would have to order today."),
        Said("system", "Retention", "Should Legal insist on a retention of {v} for {name}, storage doubles."),
        Said("allowance", "Amount", "Were the amount of the {name} {v}, hardly anybody would claim it."),
        Said("site", "Opens at", "Unless the {name} opens at {v}, the early lorries have nowhere to wait."),
    ),
    "reported": (
        Said("customer", "Rebate", "{name} claims that its rebate is {v}, but nobody can find the letter."),
        Said("instrument", "List price", "One dealer insisted that the list price of the {name} is {v}; he was thinking of another model."),
        Said("system", "Availability", "“The availability of {name} is {v}”, says the brochure of the vendor."),
        Said("employee", "Mobile", "Somebody wrote on the whiteboard that {name}'s mobile is {v}, which is wrong."),
        Said("site", "Opens at", "Rumour has it that the {name} opens at {v}."),
    ),
    "question": (
        Said("customer", "Renewal date", "Can anyone confirm that {name} renews on {v}?"),
        Said("instrument", "Lead time", "Is the lead time of the {name} still {v}, and who tells the customers?"),
        Said("site", "Gate phone", "Is {v} the gate phone of the {name}?"),
        Said("allowance", "Amount", "Who decided that the {name} pays {v}?"),
    ),
    "example": (
        Said("customer", "Rebate", "For instance, a customer like {name} with a rebate of {v} and sales of £100,000 gets a cheque in January."),
        Said("system", "Retention", "Fill in the form like this: “{name}, retention {v}”, then send it off."),
        Said("instrument", "Shelf life", "A label reads, e.g., “{name}, shelf life {v}”."),
        Said("employee", "Email", "Imagine that {name} has the email {v}; the import would then make two users."),
    ),
    "negated": (
        Said("customer", "Response time", "The response time for {name} is not {v}; people mix it up with another contract."),
        Said("instrument", "List price", "The {name} never costs {v}, whatever the marketplace shows."),
        Said("system", "Owner", "{name} isn't owned by {v} any more."),
        Said("site", "Opens at", "Contrary to what the map says, it is not true that the {name} opens at {v}."),
        Said("allowance", "Amount", "Nobody gets {v} as the amount of the {name}."),
    ),
    "bound_admits": (
        Said("customer", "Credit limit", "{name} has a credit limit of up to {higher}, depending on the month."),
        Said("instrument", "Lead time", "The lead time of the {name} is at least {lower}."),
        Said("allowance", "Claim deadline", "The claim deadline of the {name} is no more than {higher} in any case."),
        Said("system", "Retention", "The retention of {name} lies between {lower} and {higher}, by type of record."),
        Said("customer", "Rebate", "{name} gets a rebate of more than {lower}."),
        Said("site", "Headcount", "The headcount of the {name} is below {higher}."),
        Said("instrument", "Weight", "With a weight under {higher} the {name} can be posted."),
    ),
    "other_attribute": (
        Said("customer", "Response time", "{name} complained about the response time for {v} before anyone rang back."),
        Said("customer", "Credit limit", "{name} is well below its credit limit since it paid {v} last Friday."),
        Said("instrument", "List price", "On top of the list price of the {name} there is a delivery charge of {v}."),
        Said("instrument", "Lead time", "The {name} was delivered {v} after the promised lead time had run out."),
        Said("site", "Opens at", "The {name} closes at {v}, and the alarm is set shortly afterwards."),
        Said("site", "Gate phone", "The workshop of the {name} is on {v}."),
        Said("employee", "Email", "{name} reads the group mailbox every morning; that is {v}."),
        Said("employee", "Joined", "{name} passed the forklift test on {v}."),
        Said("system", "Retention", "After {v} without a login {name} closes the session."),
        Said("system", "Licences", "{name} sends about {v} messages an hour."),
        Said("allowance", "Amount", "The form for the {name} needs a second signature above {v}."),
        Said("customer", "Renewal date", "We met {name} on {v} to talk about the renewal."),
        Said("system", "Availability", "{v} of the tickets about {name} are about passwords."),
        Said("customer", "Rebate", "{name} accounts for {v} of our sales, and the rebate is worked out by hand."),
        Said("allowance", "Qualifying service", "The {name} is paid {v} in arrears."),
    ),
    "other_subject": (
        Said("customer", "Response time", "Unlike {name}, the Marchwood Academy has a response time of {v}."),
        Said("customer", "Credit limit", "The credit limit of the firm that {name} bought last year is {v}."),
        Said("instrument", "List price", "The spare cable for the {name} costs {v}."),
        Said("instrument", "Weight", "The carton in which the {name} is shipped weighs {v}."),
        Said("site", "Headcount", "The contractor next to the {name} has a headcount of {v}."),
        Said("employee", "Mobile", "{name} has a deputy whom you can call on {v} at weekends."),
        Said("system", "Retention", "Backups of {name} are held elsewhere, with a retention of {v}."),
        Said("customer", "Rebate", "## {name}\n\nA quiet account. All other dairies get a rebate of {v}."),
        Said("system", "Recovery time", "## {name}\n\nIt reads from the old mainframe, whose recovery time is {v}."),
    ),
    "ambiguous_name": (
        Said("customer", "Credit limit", "The credit limit of {name} is {v}.", "twin"),
        Said("customer", "Response time", "{name} has a response time of {v}.", "twin"),
        Said("employee", "Mobile", "You can ring {name} on {v}.", "twin"),
        Said("employee", "Email", "Please mail {name} at {v} about the keys.", "twin"),
    ),
    "common_word": (
        Said("system", "Retention", "Think of the archive as an anchor: the retention there is {v}, and it does not move.", "Anchor"),
        Said("system", "Availability", "A compass in the lorry is no help when the availability of the mobile network is {v}.", "Compass"),
        Said("customer", "Rebate", "The summit of our price list is a rebate of {v}, which nobody has ever reached.", "Summit"),
        Said("customer", "Response time", "During harvest the desk has a response time of {v} for farms.", "Harvest"),
        Said("system", "Recovery time", "A failed relay in the pump house is back within {v}.", "Relay"),
        Said("customer", "Credit limit", "A beacon on the roof costs more than the usual credit limit of {v}.", "Beacon"),
    ),
    "two_subjects": (
        Said("customer", "Response time", "{name} and {other} compared notes, and one of them has a response time of {v}."),
        Said("instrument", "List price", "Neither the {name} nor the {other} has a list price of {v}."),
        Said("system", "Owner", "Between {name} and {other} there was never a common owner, though {v} tried."),
        Said("instrument", "Weight", "The {name} and the {other} together have a weight of {v}."),
    ),
    "scope": (
        Said("customer", "Rebate", "On orders of spare parts only, {name} gets a rebate of {v}."),
        Said("system", "Retention", "In the test environment the retention of {name} is {v}."),
        Said("site", "Opens at", "On bank holidays the {name} opens at {v}."),
        Said("instrument", "List price", "Second-hand, the {name} costs {v}."),
        Said("allowance", "Amount", "For apprentices the amount of the {name} is {v}."),
    ),
    "longer_name": (
        Said("customer", "Credit limit", "Oakhanger School Trading has a credit limit of {v}.", "Oakhanger School"),
        Said("instrument", "List price", "The Tarn 40 Carry Case costs {v}.", "Tarn 40"),
        Said("system", "Retention", "Atlas Copy Services has a retention of {v}.", "Atlas"),
        Said("instrument", "Lead time", "The lead time of the Esker 40 is {v}.", "Esker 4"),
    ),
    "no_value": (
        Said("customer", "Credit limit", "{name} has asked again why its credit limit was looked at on 12 January."),
        Said("instrument", "Lead time", "The {name} has a long lead time; 14 dealers have asked for it."),
        Said("site", "Gate phone", "The gate phone of the {name} was out of order for 3 days."),
        Said("system", "Owner", "The owner of {name} was asked twice and has not answered."),
    ),
}  # fmt: skip

GRIDS = (
    Grid("instrument", ("List price", "Lead time"), ("Instrument", "List price", "Lead time"), "markdown", "For the phone desk, as a quick overview:"),
    Grid("customer", ("Response time", "Credit limit"), ("Customer", "Response time", "Credit limit"), "html", "What was agreed with whom:"),
    Grid("system", ("Owner", "Retention", "Licences"), ("Application", "Owner", "Retention", "Licences"), "markdown", "Applications in the scope of the audit:"),
    Grid("site", ("Opens at", "Gate phone"), ("Depot", "Opens at", "Gate phone"), "html", "Where drivers can unload:"),
    Grid("allowance", ("Amount", "Claim deadline"), ("Allowance", "Amount", "Claim deadline"), "markdown", "At a glance:"),
    Grid("instrument", ("Weight", "Shelf life"), ("Part", "Weight", "Shelf life"), "key", "From the packing bench:"),
    Grid("employee", ("Mobile", "Email"), ("Person", "Mobile", "Email"), "html", "Who is on call this winter:"),
    Grid("customer", ("Rebate", "Renewal date"), ("Item", "Rebate", "Renewal date"), "across", "Side by side for the review:"),
    Grid("system", ("Availability",), ("", "Availability"), "definitions", "Promised availability:"),
    Grid("instrument", ("List price",), ("", "List price"), "definitions", "List price by instrument:"),
)  # fmt: skip

FILLER = (
    "The kettle in the back room belongs to the night shift.", "Please keep this page short, or nobody will read it.", "If in doubt, ask the duty officer first.",
    "The older notes are in the archive box under the stairs.", "Parts of this were copied from an email thread.", "We go through the list together on Monday mornings.",
    "New joiners read this in their first days.", "The map on the wall is out of date, but pretty.", "Comments are welcome in the channel of the team.",
    "Thanks to everybody who helped with the clean-up.", "Remember to lock the filing cabinet when you leave.", "The printer is jammed more often than not.",
    "Most of what follows comes up once in a while.", "Nothing here replaces common sense.", "Photos of the event hang in the corridor.", "A short summary goes to the board.",
)  # fmt: skip

TITLES = ("Desk notes", "Handover", "Things to know", "Account round-up", "Operations diary", "Frequently asked", "Team page", "Briefing", "Weekly review", "Good to know",
          "Field notes", "Running the place", "Who and what", "Loose ends", "House knowledge", "Checklist and remarks", "Questions we get", "Reminders")  # fmt: skip

HALF = Half(REGISTERS, CONFLICTS, NEAR_MISSES, GRIDS, FILLER, TITLES, seed=20261)
