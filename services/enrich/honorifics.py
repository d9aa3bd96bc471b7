"""Words before a surname that are written with a capital and are no given names: Mr Putin, Präsident Putin, President Putin."""

from __future__ import annotations

from services.enrich.word_lists import words

WORDS = words(
    "mr mrs ms miss mx dr sir dame lord lady madam madame monsieur mme mlle m president vice "
    "premier prime minister chancellor secretary general senator governor congressman "
    "congresswoman representative rep sen gov speaker chairman chairwoman chair chief director "
    "ambassador king queen prince princess crown emperor pope bishop archbishop cardinal imam "
    "ayatollah sheikh shaykh emir sultan sayyid colonel captain major lieutenant commander "
    "admiral marshal judge justice professor prof coach comrade leader dictator tsar ceo cfo "
    "founder billionaire tycoon dear former ex outgoing incumbent then foreign defense defence "
    "finance interior justice treasury energy health trade head president's président "
    "présidente ministre chancelier chancelière roi reine prince pape général maître herr frau "
    "präsident präsidentin kanzler kanzlerin bundeskanzler bundeskanzlerin minister ministerin "
    "kremlchef parteichef parteichefin außenminister außenministerin finanzminister "
    "verteidigungsminister papst könig königin staatschef machthaber amtsinhaber us señor "
    "señora presidente presidenta ministro ministra canciller papa rey reina don doña dom "
    "senhor senhora chanceler signor signora premier cancelliere presidentessa re regina pan "
    "pani prezydent premier minister papież król sayın cumhurbaşkanı başbakan bakan bay bayan "
    "سيد سيده دكتور شيخ господин госпожа президент премьер министр пан пані"
)
