"""The sentences of the impact assessment and of the record of processing that are the same for every installation."""

from __future__ import annotations

from typing import Final

from assistant.texts import N_

GROUNDS: Final = (
    N_(
        "A task in the public interest that rests on law (GDPR article 6.1 e): socialtjänstlagen (2025:400) and "
        "the lag "
        "(2001:454) about personal data in social services. It does not rest on consent, and nobody is asked for one."
    ),
    N_(
        "Special categories: necessary for social care and social protection under national law and the duty of "
        "secrecy "
        "(article 9.2 h and b, 9.3; lag 2001:454 sections 6 and 7)."
    ),
    N_(
        "Secrecy: offentlighets- och sekretesslagen (2009:400) chapter 26; for protected identity chapter 21 section 3."
    ),
)
"""On what the processing rests."""

BESIDE: Final = (
    N_(
        "The person who answers, and in their own words possibly others whom they mention; people under 18 are sent on."
    ),
    N_(
        "Messages to the office (“I want to apply now”, “call me”): a name if wanted, a number, and when it is "
        "safe to call."
    ),
    N_("Invitations from the office: a name, a language, and an address if the letter leaves by e-mail or SMS."),
    N_(
        "What the office does with a case: given, booked, noted, closed, with the moment and the name of the "
        "caseworker."
    ),
    N_("The log of readings: who opened which case, when, and for what reason if it is not theirs."),
    N_("Those who work at the desk: user name, role, unit, sign-ins; a password only as a hash."),
)
"""Whose data are kept besides the answers to questions."""

SEEING: Final = (
    N_("The person sees their own answers, but never again those that only the office may see on its screen."),
    N_("The caseworker who has the case, or colleagues of its unit while nobody has it."),
    N_("Another caseworker only after writing a reason, for an hour; the lead sees it."),
    N_("A partner or co-applicant sees nothing of it. The office sees whether the other has answered."),
    N_(
        "An administrator of logins sees no case. Every opening of a case is logged, and a sample is checked each "
        "month."
    ),
    N_(
        "Whoever runs the server sees sealed records. What has not been sent cannot be opened by the office, unless "
        "drafts_recoverable is set."
    ),
)
"""Who sees what, as it is enforced by the program."""

RECIPIENTS: Final = (
    N_("No other agency: nothing leaves the program unless somebody at the desk takes a file out, which is logged."),
    N_("No third country, no third-party script, no analysis tool, no language model."),
)
"""To whom data go."""

RECIPIENTS_WITH_A_TRANSLATOR: Final = (
    N_(
        "No other agency: nothing leaves the program unless somebody at the desk takes a file out, which is logged; "
        "except for what the translation server gets."
    ),
    N_(
        "The translation server of the municipality ({host}) gets what people wrote in their own words once it has "
        "reached the office, one text at a time, without name, reference or case. It must keep nothing of it."
    ),
    N_(
        "No third country, no third-party script, no analysis tool; no language model but that of the translation "
        "server."
    ),
)
"""To whom data go where a translation server is set."""

TRANSLATION_DECISIONS: Final = (
    N_("Who runs the translation server, where it stands, and how it is made sure that it keeps nothing:"),
    N_("Which languages the machine translates well enough, and who has read its work:"),
)
"""What only the municipality can decide where a translation server is set."""

TRANSLATION_RISK: Final = (
    N_("A machine translates a person's words wrongly, and somebody relies on it"),
    N_(
        "It never stands alone: the person's own words come first, and the Swedish is marked as made by a machine "
        "wherever it is shown. Only caseworkers see it, and what matters is asked at the visit."
    ),
)
"""The risk of a translation server, and what the program does."""

SETTINGS: Final = {
    "draft_days": N_("Days until a conversation that was not sent can no longer be continued, and is erased"),
    "retention_years": N_("Years after the last note until a case is erased (SoL 16 kap.)"),
    "retention_exception": N_("Cases that are kept for research or by other rules, and are not erased by themselves"),
    "log_years": N_("Years that the log of readings is kept, and longer as long as its case is there"),
    "drafts_recoverable": N_("Whether the office can open what has not been sent"),
    "invitation_days": N_("Days that an invitation works"),
}
"""The settings that say how long something is kept, as far as this program has them."""

RISKS: Final = (
    (
        N_("Somebody at home reads the telephone, or forces the person to open it"),
        N_(
            "A way out on every page; nothing behind the Back button or in the history; private answers never "
            "shown again; "
            "titles and addresses tell nothing."
        ),
    ),
    (
        N_("A person with protected identity is found"),
        N_("Asked first, before anything is kept. A yes leaves nothing behind and leads to a telephone number."),
    ),
    (
        N_("Somebody guesses or finds a code to come back"),
        N_(
            "Twelve symbols, hashed with a secret; few tries for each neighbourhood and for all; a new code ends "
            "the old."
        ),
    ),
    (
        N_("Curious colleagues"),
        N_("Cases open by assignment. A reason, an hour, a log that cannot be cut unseen, and a check each month."),
    ),
    (
        N_("A disk, a backup or a laptop is stolen"),
        N_(
            "Every record is sealed with a key of its own conversation; the key of all keys stands outside of "
            "database and backup."
        ),
    ),
    (
        N_("Answers are lost"),
        N_("Nothing is called saved before it is on the disk. A backup is read back before it counts."),
    ),
    (
        N_("Hostile text or a hostile translation reaches the desk"),
        N_(
            "Everything is shown as text, under a strict policy for content; dialog files and translations are checked."
        ),
    ),
    (
        N_("Something is understood wrongly because of language"),
        N_(
            "Texts in plain language; the person's own words stand beside; the person approves the summary line "
            "by line."
        ),
    ),
    (
        N_("Somebody tells more than is needed"),
        N_(
            "Every question says why it is asked, and almost all can be passed over; no diagnoses, no personal "
            "numbers, few free texts."
        ),
    ),
    (
        N_("A mistake in the rules hides a right"),
        N_("Rules are dated questions with their law, never a decision; what is not known gives no hint."),
    ),
)
"""Risks to people, and what the program does against each."""

MEASURES: Final = (
    N_(
        "Sealing with AES-256-GCM, a key for each conversation, erased with it; secrets kept apart from data and "
        "backups."
    ),
    N_("Sign-in at the desk with a second step or the municipality's own login; 20 minutes of rest, 10 hours at most."),
    N_("A log of readings, a monthly check, and a history of what administrators did."),
    N_("Encrypted backups that are read back, a drill of restoring each month, and erasing that reaches backups."),
    N_("SECURITY.md of the program lists threats, measures and the tests that prove them."),
)
"""Technical and organisational measures."""

RECORD: Final = (
    N_("Controller (the board that answers for social services), with address and contact:"),
    N_("Data protection officer, with contact:"),
    N_("Processors (hosting, mail, text messages), with agreement and day:"),
    N_("Where the server and the backups stand:"),
)
"""Who answers for it; the first three belong to the assessment too."""

DECISIONS: Final = (
    N_("Is what has not been sent to be recoverable by the office (drafts_recoverable), and why:"),
    N_("From which moment is a conversation an incoming document of the authority:"),
    N_("How long is a case kept, which exceptions hold here, and who decides about erasing:"),
    N_("Which units exist, who is lead, and who checks the log of readings of whom:"),
    N_("Who holds the two sealed copies of the key, and where:"),
    N_("How do people who do not want to or cannot use the service reach the office:"),
    N_("How are people told (articles 13 and 14), in which languages, and by whom were the texts checked:"),
    N_("What did those concerned, or their organisations, say of it (article 35.9):"),
    N_("Why is this needed, and why is nothing milder enough:"),
    N_("What risk remains, and must IMY be asked beforehand (article 36):"),
    N_("When is this assessment looked at again:"),
)
"""What only the municipality can decide."""
