"""Word tables for the made-up prose; every town and person is put together from syllables, none is real.

The tables are long on purpose: two items must not share 30 % of their 3-word sequences.
"""

from __future__ import annotations


def _phrases(text: str) -> list[str]:
    """Split at bars; line ends are spaces."""
    return [p.strip() for p in " ".join(text.split()).split("|")]


ADJ = """
quiet narrow northern disputed modest seasonal crowded timber coastal unfinished municipal rural temporary
costly patient stubborn elderly restored wooden shallow windy provincial overdue simple secret joint rapid
careful annual broken distant empty familiar gentle hidden icy jagged keen lively muddy neutral orderly painted
quarterly rusty silent tidal upland vacant wary weathered borrowed cautious damaged elaborate fragile generous
honest improvised lengthy marginal nervous obsolete patched reluctant sandy thrifty uneven voluntary worried
abandoned brick cheaper delayed experimental foggy granite harmless idle junior leaking modern noisy optional
portable remote sturdy trial unpaid vivid western""".split()
INST = _phrases("""
council | harbour board | ferry operator | school authority | museum trust | water office | fishing cooperative
| rail workshop | orchard union | market committee | library service | forest agency | rescue brigade | tram
depot | choir league | ports inspectorate | bakers guild | weather institute | housing fund | night shelter |
road department | pottery circle | quarry company | rowing club | seed bank | city archive | tenants association
| lighthouse service | postal bureau | canal watch | farmers federation | theatre troupe | survey team | court
registry | hospital kitchen | glass factory | printing house | ski patrol | bee registry | chess academy | dairy
pool | customs post | dyke assembly | fire school | garden society | heating plant | island parliament | joinery
college | kite festival | land tribunal | music archive | nursing corps | opera workshop | parish council |
radio station | salt works | toy museum | village bank | wool exchange | youth orchestra | zoning panel""")
ROLE = _phrases("""
surveyor | baker | retired pilot | choir leader | hydrologist | ferry captain | beekeeper | night porter |
schoolteacher | geologist | tram driver | carpenter | archivist | forester | market trader | nurse | sculptor |
translator | watchmaker | plumber | apprentice mason | cellist | dairy farmer | engineer | fishmonger | glazier
| harbour pilot | innkeeper | judge | kiln operator | librarian | mechanic | notary | orchard keeper | potter |
quarry foreman | rower | shepherd | typesetter | vet""")
VERB = """
approved rejected postponed repaired inspected published withdrew replaced purchased leased measured
photographed restored questioned financed defended abandoned announced audited borrowed catalogued cleared
completed criticised delivered demolished designed discovered donated drafted emptied enlarged examined extended
flooded forgot guarded halted imported insured invited launched lengthened licensed modified moved named
negotiated opened ordered painted piloted praised presented promised protected raised reclaimed recorded reduced
registered rejoined released relocated renamed rescued reviewed revived salvaged sealed secured shortened
simplified sold sponsored stored strengthened studied supplied suspended tested transferred trimmed unveiled
upgraded vetoed welcomed widened""".split()
OBJ = _phrases("""
timetable | footbridge | budget | ferry landing | tide gauge | reading room | heating contract | grain store |
weir | bus shelter | playground | survey | tunnel plan | swimming hall | recycling yard | signal box | orchard
wall | flood map | harvest festival | boat shed | clock tower | fish auction | school kitchen | town charter |
water meter | night train | parking levy | radio mast | pension scheme | quay crane | seed catalogue | ski lift
| tram line | village hall | wage agreement | windmill | archive wing | bicycle lane | cattle market | drainage
scheme | evening course | fuel depot | gravel pit | hiking trail | ice rink | jetty | kiln | land register |
mooring fee | nature reserve | observatory | peat bog | quarantine rule | rent ceiling | sawmill | tax rebate |
union contract | vaccine clinic | warning siren | youth hostel | zoning map | choir tour | dry dock | ferry
subsidy | glass dome | honey label | island clinic | job centre | kayak race | lending desk | milk quota |
nursery garden | oyster bed | postal van | railway arch | salt tax | toll gate | urban farm | viaduct | wool
fair | air monitor | barge fleet | coal cellar | delta park | election roll""")
WHEN = _phrases("""
on Monday morning | late on Tuesday | before Wednesday's vote | on Thursday night | over the weekend | during
the spring thaw | after three weeks of rain | at the end of the month | as the season closed | within hours of
the storm | shortly before noon | for the second time this year | despite a shortage of staff | without any
warning | in front of a small crowd | under pressure from neighbours | after a long inquiry | while the river
was low | ahead of the winter fair | at considerable expense | behind closed doors | by a single vote |
following two failed attempts | in spite of heavy fog | with little ceremony | since the last census | until
further notice | pending an appeal | amid rising prices | against expert advice | along the whole shoreline |
during a power cut | from the first of next month | to general surprise | upon receiving new figures | once the
ice had gone | throughout the dry summer | near the old customs gate | across four districts | after dusk on
Sunday | between two thunderstorms | because spare parts were missing | thanks to volunteer labour | using a
donated barge | despite objections from anglers | just after the school holidays | in the presence of auditors |
on the eve of the regatta | with money left from last year | over strong local protest""")
SAID = """
said explained warned admitted insisted suggested recalled estimated argued noted conceded predicted complained
confirmed hinted claimed believed calculated""".split()
WOULD = """
save cost attract require protect delay replace feed employ house power supply serve reach occupy carry cover
shelter process release""".split()
UNIT = _phrases("""
households | tonnes of gravel | litres an hour | passengers a day | young trees | metres of cable | crates of
apples | visitors | working days | roof tiles | kilometres of track | barrels | pupils | hectares of meadow |
unpaid invoices | fishing boats | night shifts | bags of cement | loaves | spare wheels | hens | street lamps |
library cards | signatures | cubic metres | rowing boats | bus seats | beehives | wool bales | window frames |
rescue vests | test samples | parking places | kitchen staff | salt sacks""")
PLACE = _phrases("""
beside the lower quay | on the eastern ridge | above the fish market | near the disused kiln | outside the tram
loop | at the foot of the dam | along Mill Lane | behind the parish hall | under the iron viaduct | past the
second lock | in the walled quarter | by the reservoir | opposite the seed store | on the far bank | around the
timber yard | inside the former barracks | next to the grain silo | between both cemeteries | beyond the ring
road | below the chapel steps | over the marsh causeway | towards the pine belt | within the harbour wall | off
the coastal path | at the northern toll house | across from the bathhouse | among the allotments | on top of the
old landfill | close to the border stone | up the funicular""")
PLAN = _phrases("""
hire divers | reopen the ledger | publish every receipt | borrow a crane | train replacements | ask the capital
for help | raise the entry fee | count the herds again | dig a second well | move the stalls uphill | print new
tickets | wait for the frost | sign a shorter lease | invite outside experts | sell the spare engine | paint the
hull | rewrite the by-laws | plant a hedge | double the patrols | cancel the parade | merge both rosters | seal
the upper gate | test the alarms | audit the fuel log | share the savings | call a public meeting | lower the
speed limit | repave the slope | digitise the maps | close one lane | extend the nursery | replace the pumps |
name a successor | refund early buyers | store the exhibits | widen the culvert""")
HEAD_A = _phrases("""
Harbour works | Tram repairs | Ferry talks | School repairs | Flood defences | Market reforms | Library hours |
Bridge tests | Orchard payments | Rail surveys | Museum plans | Water checks | Forest patrols | Choir auditions
| Quarry blasts | Seed trials | Dock strikes | Mill auctions | Theatre rehearsals | Ski inspections | Road tolls
| Wool sales | Canal crossings | Kiln firings | Night trains | Fish auctions | Garden prizes | Rent hearings |
Snow clearances | Island elections | Weather balloons | Ice deliveries | Boat races | Tax refunds | Bakery
permits | Archive searches | Clinic openings | Grain shipments | Lamp replacements | Radio broadcasts""")
HEAD_B = _phrases("""
resume | stall | begin early | face delay | draw crowds | end quietly | divide neighbours | cost more than
planned | win support | continue | fall short | exceed forecasts | return after a decade | slow down | move
indoors | surprise auditors | attract volunteers | need new money | pause for winter | gather pace | puzzle
engineers | please anglers | split the council | go ahead""")
TOWN_A = """
Vel Bran Osk Tarn Mir Dol Kesh Lun Pol Grav Sel Horn Zav Ulm Fenn Quor Rast Jor Nim Yel Cald Drum Eth Isk Wex
Ard Bolt Cres Darv Elm""".split()
TOWN_B = """
mora vitz aden holm esk ovia ster wick una garth imov essa bury ondo arra feld ikko ylde tarn osta umen alka
ingen ovar etto""".split()
FIRST = """
Talvin Oreska Bramil Jessen Ludra Mavik Nerisa Orlun Pelka Quentar Risolt Sanvi Tessal Ulrek Vanora Wilmet Yorin
Zelda Arvik Belisa Corvane Dorrel Elvik Fenora Garsik Hollin Ismera Jorvane Kelsin Lavrik""".split()
LAST_A = """
Bresk Tolv Marn Keld Vant Roz Hask Pell Grud Lisk Torv Wend Skal Drev Morv Cast Nolt Yarv Fisk Obr""".split()
LAST_B = """
ano ik ersson ova iel ander uk ina ert olm ewitz assy enko ark ulo""".split()
CYRILLIC = """
Залесок Верхолин Боровень Тумарск Яснополь Щеглово Журавень Эмильград Крутояр Любомирь Подгорец Чистовод""".split()
ACCENTED = """
Brésk Tölvano Marñel Kéldøs Vãnter Rožik Håska Pellçin Grüden Lïska Tôrva Wéndål""".split()
VERB_BASE = """
approve reject postpone repair inspect replace lease measure restore question finance defend abandon audit
catalogue clear deliver demolish design donate empty enlarge examine extend guard insure launch license modify
move open paint promise protect raise record reduce register relocate rename rescue review revive secure shorten
sell sponsor strengthen study suspend test transfer trim unveil upgrade welcome widen""".split()
PREP_PLACE = """
beside behind near outside above along around beyond below opposite past under across by towards""".split()
SPOT = _phrases("""
quay | kiln | parish hall | viaduct | reservoir | seed store | timber yard | grain silo | ring road | chapel |
causeway | toll house | bathhouse | allotments | landfill | border stone | funicular | fish market | tram loop |
dam | lock | barracks | cemetery | marsh | pine belt | harbour wall | sluice | granary | fountain | tannery |
boatyard | racecourse | smithy | cattle grid | lookout | arcade""")
PREP_TIME = _phrases("""
before | after | during | since | until | despite | ahead of | because of | in spite of | thanks to""")
EVENT = _phrases("""
regatta | census | inquiry | thaw | winter fair | ballot | audit | drought | harvest | storm | strike | holiday
| jubilee | flood | hearing | parade | rehearsal | recount | frost | auction | heatwave | merger | eclipse |
lawsuit | pilgrimage | blackout | conference | epidemic | ceremony | shipment""")
