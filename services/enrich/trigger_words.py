"""Words beside which a capitalised sequence is a person: titles and professions, verbs of saying. By language, in lower case.

Nominatives only where the language declines: beside another case the name would stand in another case too.
"""

from __future__ import annotations

from collections.abc import Mapping

from services.enrich.word_lists import words

ROLES: Mapping[str, frozenset[str]] = {
    "en": words(
        "president minister secretary chancellor senator congressman congresswoman lawmaker "
        "governor mayor ambassador envoy spokesman spokeswoman spokesperson analyst economist "
        "strategist director chairman chairwoman chief ceo executive founder manager officer "
        "official expert researcher professor historian lawyer attorney prosecutor judge commander "
        "general colonel captain leader activist journalist reporter editor author writer coach "
        "player striker goalkeeper midfielder actor actress singer director producer scientist "
        "doctor engineer fellow adviser advisor consultant diplomat deputy commissioner speaker "
        "banker investor trader partner owner farmer teacher student resident witness neighbour "
        "neighbor mr mrs ms dr"
    ),
    "fr": words(
        "président présidente ministre secrétaire chancelier chancelière sénateur sénatrice député "
        "députée gouverneur gouverneure maire ambassadeur ambassadrice émissaire analyste "
        "économiste stratège directeur directrice chef cheffe pdg patron patronne fondateur "
        "fondatrice responsable expert experte chercheur chercheuse professeur professeure "
        "historien historienne avocat avocate procureur procureure juge commandant général colonel "
        "capitaine leader militant militante journaliste rédacteur rédactrice écrivain entraîneur "
        "attaquant gardien milieu acteur actrice chanteur chanteuse réalisateur réalisatrice "
        "scientifique médecin ingénieur conseiller conseillère diplomate commissaire banquier "
        "politologue sociologue habitant habitante témoin m mme"
    ),
    "de": words(
        "präsident präsidentin vizepräsident minister ministerin außenminister außenministerin "
        "innenminister innenministerin finanzminister verteidigungsminister wirtschaftsminister "
        "ministerpräsident ministerpräsidentin kanzler kanzlerin bundeskanzler senator senatorin "
        "abgeordnete abgeordneter gouverneur bürgermeister bürgermeisterin oberbürgermeister "
        "botschafter botschafterin sprecher sprecherin regierungssprecher analyst analystin ökonom "
        "ökonomin volkswirt chefvolkswirt direktor direktorin vorsitzende vorsitzender chef chefin "
        "konzernchef gründer gründerin geschäftsführer geschäftsführerin experte expertin forscher "
        "forscherin professor professorin historiker historikerin anwalt anwältin staatsanwalt "
        "richter richterin kommandeur general oberst anführer aktivist aktivistin journalist "
        "journalistin autor autorin trainer spieler stürmer torwart schauspieler schauspielerin "
        "sänger sängerin regisseur regisseurin wissenschaftler wissenschaftlerin arzt ärztin "
        "ingenieur berater beraterin diplomat kommissar politologe politologin herr frau"
    ),
    "es": words(
        "presidente presidenta vicepresidente ministro ministra secretario secretaria canciller "
        "senador senadora diputado diputada gobernador gobernadora alcalde alcaldesa embajador "
        "embajadora portavoz vocero vocera analista economista director directora jefe jefa "
        "fundador fundadora gerente experto experta investigador investigadora profesor profesora "
        "historiador abogado abogada fiscal juez jueza comandante general coronel capitán líder "
        "activista periodista editor escritor escritora entrenador delantero portero actor actriz "
        "cantante científico científica médico ingeniero asesor asesora diplomático comisario "
        "consejero consejera señor señora"
    ),
    "it": words(
        "presidente vicepresidente ministro ministra segretario segretaria cancelliere senatore "
        "senatrice deputato deputata governatore sindaco sindaca ambasciatore ambasciatrice "
        "portavoce analista economista direttore direttrice capo leader fondatore fondatrice "
        "amministratore responsabile esperto esperta ricercatore ricercatrice professore "
        "professoressa storico avvocato avvocata procuratore giudice comandante generale "
        "colonnello capitano attivista giornalista scrittore scrittrice allenatore attaccante "
        "portiere attore attrice cantante regista scienziato medico ingegnere consigliere "
        "diplomatico commissario premier signor signora"
    ),
    "pt": words(
        "presidente ministro ministra secretário secretária chanceler senador senadora deputado "
        "deputada governador governadora prefeito prefeita embaixador embaixadora analista "
        "economista diretor diretora chefe fundador fundadora gerente especialista pesquisador "
        "pesquisadora professor professora historiador advogado advogada procurador juiz juíza "
        "comandante general coronel capitão líder ativista jornalista escritor escritora treinador "
        "técnico atacante goleiro ator atriz cantor cantora cientista médico médica engenheiro "
        "assessor diplomata comissário conselheiro senhor senhora"
    ),
    "ru": words(
        "президент премьер министр замминистра секретарь канцлер сенатор депутат губернатор мэр "
        "посол спецпосланник представитель представительница аналитик экономист директор "
        "гендиректор глава председатель сопредседатель основатель руководитель эксперт "
        "исследователь профессор историк адвокат прокурор судья командир командующий генерал "
        "полковник лидер активист активистка журналист журналистка писатель тренер нападающий "
        "вратарь актер актриса певец певица режиссер ученый врач инженер советник дипломат "
        "комиссар политолог социолог омбудсмен спикер"
    ),
    "uk": words(
        "президент прем'єр віцепрем'єр міністр міністерка секретар канцлер сенатор депутат "
        "депутатка губернатор мер посол речник речниця представник представниця аналітик "
        "аналітикиня економіст директор директорка голова керівник засновник експерт експертка "
        "дослідник професор історик адвокат прокурор суддя командир командувач генерал полковник "
        "лідер активіст активістка журналіст журналістка письменник тренер нападник воротар актор "
        "акторка співак співачка режисер науковець лікар інженер радник радниця дипломат комісар "
        "політолог соціолог спікер очільник очільниця"
    ),
}

PHRASES: Mapping[str, tuple[str, ...]] = {"fr": ("porte parole",), "pt": ("porta voz",)}
"""Titles of two words, as they stand in the folded text."""

SAYING: Mapping[str, frozenset[str]] = {
    "en": words(
        "said says told added adds warned noted argued explained stated wrote tweeted announced "
        "insisted recalled testified commented"
    ),
    "fr": words(
        "déclaré affirmé indiqué expliqué ajouté dit estimé précisé souligné assuré averti annoncé "
        "rappelé écrit confié commenté jugé déploré déclare affirme indique explique ajoute estime "
        "précise souligne assure avertit annonce rappelle écrit confie commente juge"
    ),
    "de": words(
        "sagte sagt erklärte erklärt betonte warnte schrieb kündigte teilte ergänzte kritisierte "
        "forderte berichtete meinte"
    ),
    "es": words(
        "dijo dice declaró afirmó explicó añadió agregó señaló indicó aseguró advirtió anunció "
        "sostuvo escribió comentó subrayó"
    ),
    "it": words(
        "detto dice dichiarato affermato spiegato aggiunto sottolineato avvertito annunciato "
        "scritto disse afferma spiega aggiunge"
    ),
    "pt": words(
        "disse diz afirmou declarou explicou acrescentou destacou indicou garantiu alertou "
        "anunciou escreveu comentou ressaltou"
    ),
    "ru": words(
        "сказал сказала заявил заявила сообщил сообщила отметил отметила добавил добавила пояснил "
        "пояснила рассказал рассказала подчеркнул подчеркнула считает написал написала предупредил "
        "предупредила объяснил объяснила уточнил уточнила говорит"
    ),
    "uk": words(
        "сказав сказала заявив заявила повідомив повідомила зазначив зазначила додав додала "
        "пояснив пояснила розповів розповіла наголосив наголосила вважає написав написала "
        "попередив попередила уточнив уточнила говорить каже"
    ),
}

BODIES = words(  # A sequence with one of these names a body, a street or a thing, not a person.
    "ministry bank university group inc corp corporation company ltd llc plc party council "
    "agency court street avenue road committee commission union association institute center "
    "centre foundation department office school college church hospital club league cup "
    "airport airlines airways holdings capital partners securities research news times post "
    "press media house party forces army navy guard park stadium river lake mount island "
    "islands valley city county state states republic kingdom war treaty act bill prize award "
    "summit conference forum festival games world national international global american "
    "european african asian north south east west northern southern eastern western united new "
    "bank motors systems technologies energy oil gas steel insurance trust fund board "
    "authority ministère banque université groupe société parti conseil agence cour rue avenue "
    "comité commission union institut centre fondation maison école église hôpital fédération "
    "assemblée sénat république guerre traité loi prix nord sud est ouest saint sainte nouveau "
    "ministerium bank universität gruppe partei rat agentur gericht straße platz ausschuss "
    "kommission verband institut zentrum stiftung bundestag bundesrat bundesamt bundesbank "
    "verein liga krieg gesetz preis landkreis kreis amt haus welt ministerio banco universidad "
    "grupo partido consejo agencia corte calle comité comisión unión instituto centro "
    "fundación casa guerra ley premio norte sur este oeste san santa nuevo nueva estado "
    "gobierno congreso senado cámara república reino liga copa ministero banca università "
    "gruppo partito consiglio agenzia via piazza comitato commissione unione istituto "
    "fondazione corte guerra ministério universidade conselho agência rua comissão união "
    "fundação estado governo congresso câmara república guerra lei prêmio министерство банк "
    "университет партия совет агентство суд улица комитет комиссия союз институт центр фонд "
    "дума сбор россия міністерство банк університет партія рада агентство суд вулиця комітет "
    "комісія союз інститут центр фонд"
)

STARTERS = words(  # Words that open a sentence before a name and belong to no name.
    "the a an and but or as if in on at by for from with of to after before when while since "
    "until although because however meanwhile also then now this that these those his her "
    "their its our my your he she it they we you i there here what who why how where not no le "
    "la les un une des du de et mais ou si dans sur par pour avec après avant quand depuis "
    "selon comme ce cette ces son sa ses leur il elle ils elles on nous vous je der die das "
    "ein eine und aber oder wenn in im auf bei für von mit nach vor als da wie er sie es wir "
    "el los las una y pero o si en por para con después antes cuando desde según como este "
    "esta su sus lo i gli uno una e ma se nel per con dopo prima quando da secondo come questo "
    "questa suo sua o os as um uma e mas se em no na por para com depois antes quando segundo "
    "и а но в на по для от с у к о об из за до после перед когда если как это этот его ее их "
    "он она они мы вы я по-прежнему также і й та але в у на по для від з із зі до після перед "
    "коли якщо як це цей його її їх він вона вони ми ви я також"
)
