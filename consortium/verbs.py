"""The verbs of the audit trail and the kinds of its objects, in people's words. A test finds any that lacks one."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

VERBS = {
    "account created": pgettext_lazy("audit trail", "made an account"),
    "accreditation recorded": pgettext_lazy("audit trail", "recorded an accreditation"),
    "address.changed": pgettext_lazy("audit trail", "changed the mail address"),
    "applicant judged": pgettext_lazy("audit trail", "judged an applicant"),
    "applicants ranked": pgettext_lazy("audit trail", "ordered the applicants"),
    "application.restored": pgettext_lazy("audit trail", "restored an earlier list"),
    "application.submitted": pgettext_lazy("audit trail", "handed in a list"),
    "application.withdrawn": pgettext_lazy("audit trail", "withdrew the list"),
    "agreement edited": pgettext_lazy("audit trail", "changed the draft of the agreement"),
    "agreement ended": pgettext_lazy("audit trail", "ended the agreement early"),
    "agreement ends soon": pgettext_lazy("audit trail", "warned of the agreement's end"),
    "agreement in force": pgettext_lazy(
        "audit trail", "brought the agreement into force by the last signature"
    ),
    "agreement offered": pgettext_lazy("audit trail", "offered the text for signing"),
    "agreement over": pgettext_lazy("audit trail", "closed the agreement after its last day"),
    "agreement recorded": pgettext_lazy("audit trail", "began the draft of an agreement"),
    "agreement sent back": pgettext_lazy("audit trail", "sent the text back"),
    "agreement signed": pgettext_lazy("audit trail", "signed the agreement"),
    "agreement signed on paper": pgettext_lazy("audit trail", "recorded a signature given on paper"),
    "agreement text added": pgettext_lazy("audit trail", "added a text to the agreement"),
    "agreement withdrawn": pgettext_lazy("audit trail", "gave the agreement up"),
    "appointment ended": pgettext_lazy("audit trail", "ended the appointment"),
    "consent link sent again": pgettext_lazy("audit trail", "asked the nominated person again"),
    "consented to the nomination": pgettext_lazy("audit trail", "agreed to be appointed"),
    "employer consented to the nomination": pgettext_lazy("audit trail", "agreed for the employer"),
    "exception asked": pgettext_lazy("audit trail", "asked for an exception from the scheme"),
    "exception not signed": pgettext_lazy("audit trail", "did not sign the exception"),
    "exception signed": pgettext_lazy("audit trail", "signed the exception"),
    "mentor nominated": pgettext_lazy("audit trail", "nominated a mentor"),
    "nomination checked": pgettext_lazy("audit trail", "checked the nomination"),
    "nomination declined": pgettext_lazy("audit trail", "declined the nomination"),
    "nomination mended": pgettext_lazy("audit trail", "mended the nomination"),
    "nomination refused": pgettext_lazy("audit trail", "did not accept the nomination"),
    "nomination returned": pgettext_lazy("audit trail", "returned the nomination"),
    "nomination withdrawn": pgettext_lazy("audit trail", "withdrew the nomination"),
    "nomination without an answer": pgettext_lazy("audit trail", "closed a nomination without an answer"),
    "appointment ends soon": pgettext_lazy("audit trail", "warned of the end of the appointment"),
    "appointment lapsed": pgettext_lazy("audit trail", "let the appointment end with its term"),
    "appointment taken back": pgettext_lazy(
        "audit trail", "took back an appointment that an import had made"
    ),
    "appointment revoked": pgettext_lazy("audit trail", "revoked the appointment"),
    "mentor assessed": pgettext_lazy("audit trail", "assessed a year of the appointment"),
    "appointment renewed": pgettext_lazy("audit trail", "renewed the appointment"),
    "letter issued": pgettext_lazy("audit trail", "issued the letter of appointment"),
    "notice of the appointment started": pgettext_lazy("audit trail", "began the notice of the appointment"),
    "objection to the appointment": pgettext_lazy("audit trail", "objected to the appointment"),
    "objection to the appointment answered": pgettext_lazy(
        "audit trail", "answered an objection to the appointment"
    ),
    "base edited": pgettext_lazy("audit trail", "changed the base"),
    "base recorded": pgettext_lazy("audit trail", "recorded a base"),
    "capacity changed": pgettext_lazy("audit trail", "changed the capacity"),
    "caps set": pgettext_lazy("audit trail", "set the caps"),
    "closing time extended": pgettext_lazy("audit trail", "extended the closing time"),
    "contact ended": pgettext_lazy("audit trail", "ended a contact of the organisation"),
    "contact recorded": pgettext_lazy("audit trail", "recorded a contact of the organisation"),
    "contact shown in full": pgettext_lazy("audit trail", "looked at a contact in full"),
    "contact's consent withdrawn": pgettext_lazy(
        "audit trail", "erased a contact whose consent was taken back"
    ),
    "demand answered": pgettext_lazy("audit trail", "answered the demand"),
    "demand completed": pgettext_lazy("audit trail", "completed the demand"),
    "demand drafted": pgettext_lazy("audit trail", "drafted a demand"),
    "demand free for another project": pgettext_lazy(
        "audit trail", "left the demand free for another project"
    ),
    "demand moved": pgettext_lazy("audit trail", "moved the demand to another board"),
    "demand returned": pgettext_lazy("audit trail", "returned the demand"),
    "demand saved": pgettext_lazy("audit trail", "saved the demand"),
    "demand submitted": pgettext_lazy("audit trail", "handed in the demand"),
    "demand withdrawn": pgettext_lazy("audit trail", "withdrew the demand"),
    "demand: more wanted": pgettext_lazy("audit trail", "asked for more about the demand"),
    "application draft let go": pgettext_lazy("audit trail", "let go of a draft whose link had ended"),
    "application for membership begun": pgettext_lazy("audit trail", "began an application for membership"),
    "application for membership checked": pgettext_lazy(
        "audit trail", "checked the application for membership"
    ),
    "application for membership returned": pgettext_lazy(
        "audit trail", "returned the application for membership"
    ),
    "application for membership saved": pgettext_lazy("audit trail", "saved the application for membership"),
    "application for membership submitted": pgettext_lazy(
        "audit trail", "handed in the application for membership"
    ),
    "application for membership withdrawn": pgettext_lazy(
        "audit trail", "withdrew the application for membership"
    ),
    "application link asked for": pgettext_lazy("audit trail", "asked for the link to an application"),
    "application link sent again": pgettext_lazy("audit trail", "asked for the link once more"),
    "application expired": pgettext_lazy("audit trail", "closed an application that was not mended in time"),
    "application overtaken": pgettext_lazy("audit trail", "closed a change of rank whose term was over"),
    "application turned away": pgettext_lazy("audit trail", "turned the application away before the vote"),
    "invitation to apply taken back": pgettext_lazy("audit trail", "took back an invitation to apply"),
    "application not admitted": pgettext_lazy("audit trail", "recorded that the unit was not admitted"),
    "application put to the vote": pgettext_lazy("audit trail", "put the application to the vote"),
    "certificate issued": pgettext_lazy("audit trail", "issued the certificate"),
    "membership begun": pgettext_lazy("audit trail", "began the membership"),
    "membership followed": pgettext_lazy("audit trail", "ended the term that another one follows"),
    "membership ends soon": pgettext_lazy("audit trail", "warned of the end of the membership"),
    "membership lapsed": pgettext_lazy("audit trail", "let the membership lapse"),
    "membership removed": pgettext_lazy("audit trail", "removed the membership"),
    "membership restored": pgettext_lazy("audit trail", "lifted the suspension"),
    "membership suspended": pgettext_lazy("audit trail", "suspended the membership"),
    "minutes added to a resolution": pgettext_lazy("audit trail", "added the minutes to a resolution"),
    "resolution confirmed": pgettext_lazy("audit trail", "confirmed a resolution of the council"),
    "resolution recorded": pgettext_lazy("audit trail", "recorded a resolution of the council"),
    "membership in force": pgettext_lazy("audit trail", "brought the membership into force"),
    "notice of the membership started": pgettext_lazy("audit trail", "began the notice of the membership"),
    "objection to the membership": pgettext_lazy("audit trail", "objected to the membership"),
    "objection to the membership answered": pgettext_lazy(
        "audit trail", "answered an objection to the membership"
    ),
    "resolution on the application confirmed": pgettext_lazy("audit trail", "confirmed the resolution"),
    "resolution on the application recorded": pgettext_lazy("audit trail", "recorded the resolution"),
    "resolution taken back": pgettext_lazy("audit trail", "took the resolution back"),
    "document added to the application": pgettext_lazy("audit trail", "added a paper to the application"),
    "invited to apply for membership": pgettext_lazy("audit trail", "invited the unit to apply"),
    "demo password given": pgettext_lazy("audit trail", "gave a demo account its password"),
    "demo world loaded": pgettext_lazy("audit trail", "loaded the demo world"),
    "extension requested": pgettext_lazy("audit trail", "asked for a later closing time"),
    "filter removed": pgettext_lazy("audit trail", "removed a kept filter"),
    "filter saved": pgettext_lazy("audit trail", "kept a filter"),
    "former name recorded": pgettext_lazy("audit trail", "recorded a former name"),
    "invitation accepted": pgettext_lazy("audit trail", "accepted the invitation"),
    "invitation withdrawn": pgettext_lazy("audit trail", "withdrew an invitation"),
    "invited": pgettext_lazy("audit trail", "invited somebody"),
    "job started": pgettext_lazy("audit trail", "started a job"),
    "job stopped": pgettext_lazy("audit trail", "stopped a job"),
    "judgement taken back": pgettext_lazy("audit trail", "took a score back"),
    "large world loaded": pgettext_lazy("audit trail", "loaded the large world"),
    "calendar address ended": pgettext_lazy("audit trail", "ended the calendar address"),
    "calendar address made": pgettext_lazy("audit trail", "made a calendar address"),
    "link used": pgettext_lazy("audit trail", "signed through the link of a mail"),
    "log asked for": pgettext_lazy("audit trail", "asked for the log of a meeting"),
    "mail turned off": pgettext_lazy("audit trail", "turned off mails of one kind"),
    "mail turned on": pgettext_lazy("audit trail", "turned on mails of one kind"),
    "meeting called off": pgettext_lazy("audit trail", "called a meeting off"),
    "meeting planned": pgettext_lazy("audit trail", "planned a meeting"),
    "lists locked": pgettext_lazy("audit trail", "locked the lists"),
    "day not reopened": pgettext_lazy("audit trail", "did not reopen the day"),
    "day reopened": pgettext_lazy("audit trail", "reopened a late day for a log"),
    "log amended": pgettext_lazy("audit trail", "amended a supervision log"),
    "log confirmed": pgettext_lazy("audit trail", "confirmed a supervision log"),
    "log contested": pgettext_lazy("audit trail", "said that something in a supervision log differs"),
    "log cosigned": pgettext_lazy("audit trail", "signed a joint meeting too"),
    "log not cosigned": pgettext_lazy("audit trail", "did not sign a joint meeting"),
    "log signed": pgettext_lazy("audit trail", "signed a supervision log"),
    "office told of a log that differs": pgettext_lazy(
        "audit trail", "told the office that two accounts still differ"
    ),
    "reopening asked": pgettext_lazy("audit trail", "asked to log a late day"),
    "membership confirmed": pgettext_lazy("audit trail", "confirmed the membership"),
    "membership ended": pgettext_lazy("audit trail", "ended the membership"),
    "membership recorded": pgettext_lazy("audit trail", "recorded a membership"),
    "membership taken back": pgettext_lazy("audit trail", "took back a membership that waited"),
    "mentor appointed": pgettext_lazy("audit trail", "recorded an appointment"),
    "merge undone": pgettext_lazy("audit trail", "undid a merge"),
    "new computation agreed": pgettext_lazy("audit trail", "agreed to a new computation"),
    "new computation requested": pgettext_lazy("audit trail", "asked for a new computation"),
    "notice started": pgettext_lazy("audit trail", "started the public notice"),
    "objection answered": pgettext_lazy("audit trail", "answered an objection"),
    "objection.made": pgettext_lazy("audit trail", "objected to the result"),
    "mentor changed": pgettext_lazy("audit trail", "changed the mentor"),
    "mentorship begun": pgettext_lazy("audit trail", "began the mentorship"),
    "place accepted without mentors": pgettext_lazy(
        "audit trail", "accepted the place; its mentors could not begin"
    ),
    "mentorship ended": pgettext_lazy("audit trail", "ended the mentorship"),
    "number of seats set": pgettext_lazy("audit trail", "set the number of seats"),
    "factor reset asked": pgettext_lazy("audit trail", "asked for a reset of the second step"),
    "factor reset confirmed": pgettext_lazy("audit trail", "reset the second step"),
    "factor reset withdrawn": pgettext_lazy("audit trail", "withdrew the reset of the second step"),
    "factor reset at the server": pgettext_lazy("audit trail", "reset the second step at the server"),
    "second factor added": pgettext_lazy("audit trail", "set up a second step of sign-in"),
    "second factor removed": pgettext_lazy("audit trail", "removed a second step of sign-in"),
    "recovery codes made": pgettext_lazy("audit trail", "made new recovery codes"),
    "seat given": pgettext_lazy("audit trail", "gave the seat"),
    "seat handed over": pgettext_lazy("audit trail", "handed the seat over"),
    "seat renewed": pgettext_lazy("audit trail", "renewed the seat"),
    "seat ended": pgettext_lazy("audit trail", "ended the seat"),
    "delegate named": pgettext_lazy("audit trail", "named the delegate"),
    "representative changed": pgettext_lazy("audit trail", "changed the representative"),
    "old messages settled": pgettext_lazy("audit trail", "settled old messages of the demo"),
    "opening agreed": pgettext_lazy("audit trail", "agreed to the opening"),
    "opening requested": pgettext_lazy("audit trail", "asked for the opening"),
    "organisation edited": pgettext_lazy("audit trail", "changed the organisation's record"),
    "organisation registered": pgettext_lazy("audit trail", "registered the organisation"),
    "organisation taken back": pgettext_lazy(
        "audit trail", "took back an organisation that an import had made"
    ),
    "organisations merged": pgettext_lazy("audit trail", "merged two records of one organisation"),
    "place.accepted": pgettext_lazy("audit trail", "accepted the place"),
    "place.declined": pgettext_lazy("audit trail", "gave the place up"),
    "place.lapsed": pgettext_lazy("audit trail", "let the place lapse"),
    "preferences changed": pgettext_lazy("audit trail", "changed language or appearance"),
    "profile.changed": pgettext_lazy("audit trail", "changed the profile"),
    "project approved": pgettext_lazy("audit trail", "approved the project"),
    "project approved under the pay floor": pgettext_lazy(
        "audit trail", "approved the project with pay under the floor"
    ),
    "project drafted": pgettext_lazy("audit trail", "drafted a project"),
    "project left the round": pgettext_lazy("audit trail", "took a project out of the round"),
    "project returned": pgettext_lazy("audit trail", "returned the project"),
    "project saved": pgettext_lazy("audit trail", "saved the project"),
    "project submitted": pgettext_lazy("audit trail", "handed in the project"),
    "project terms changed": pgettext_lazy("audit trail", "changed the project's terms"),
    "project withdrawn": pgettext_lazy("audit trail", "withdrew the project"),
    "project wording changed": pgettext_lazy("audit trail", "changed the project's wording"),
    "publishers told": pgettext_lazy("audit trail", "told those who may publish the result"),
    "recorded from the document": pgettext_lazy("audit trail", "recorded from the document"),
    "reminder prepared": pgettext_lazy("audit trail", "put a reminder to members into the outbox"),
    "reminder taken back": pgettext_lazy("audit trail", "took a reminder to members back"),
    "reminder to organisations sent": pgettext_lazy("audit trail", "sent a reminder to members"),
    "reminder sent": pgettext_lazy("audit trail", "sent a reminder"),
    "request taken back": pgettext_lazy("audit trail", "took a request back"),
    "result final": pgettext_lazy("audit trail", "made the result final"),
    "role chosen": pgettext_lazy("audit trail", "chose a role to act in"),
    "role ended": pgettext_lazy("audit trail", "ended a role"),
    "role given": pgettext_lazy("audit trail", "gave a role"),
    "role recorded": pgettext_lazy("audit trail", "recorded a role of the organisation"),
    "round archived": pgettext_lazy("audit trail", "archived the round"),
    "round cancelled": pgettext_lazy("audit trail", "cancelled the round"),
    "round configured": pgettext_lazy("audit trail", "changed the settings of the round"),
    "round frozen": pgettext_lazy("audit trail", "froze the round"),
    "round opened": pgettext_lazy("audit trail", "opened the round"),
    "round planned": pgettext_lazy("audit trail", "planned a round"),
    "run failed": pgettext_lazy("audit trail", "run failed"),
    "run started": pgettext_lazy("audit trail", "started a run"),
    "run verified": pgettext_lazy("audit trail", "run verified"),
    "sample council founded": pgettext_lazy("audit trail", "founded the sample council"),
    "scoring ended": pgettext_lazy("audit trail", "ended the scoring"),
    "scoring finished": pgettext_lazy("audit trail", "handed in the scores"),
    "student edited": pgettext_lazy("audit trail", "changed the student's record"),
    "student recorded": pgettext_lazy("audit trail", "recorded a student"),
    "students imported": pgettext_lazy("audit trail", "imported a list of students"),
    "student taken back": pgettext_lazy("audit trail", "took back a student that an import had made"),
    "list sent up": pgettext_lazy("audit trail", "sent up a list"),
    "list tested": pgettext_lazy("audit trail", "had a list tested"),
    "list import begun": pgettext_lazy("audit trail", "began to import a list"),
    "list imported": pgettext_lazy("audit trail", "imported a list"),
    "list undo begun": pgettext_lazy("audit trail", "began to undo an import"),
    "list import undone": pgettext_lazy("audit trail", "undid an import"),
    "list work failed": pgettext_lazy("audit trail", "work on a list broke off"),
}
KINDS = {
    "consortium.agreement": pgettext_lazy("audit trail", "agreement"),
    "consortium.documentrecord": pgettext_lazy("audit trail", "record of the report"),
    "consortium.governancebody": pgettext_lazy("audit trail", "body"),
    "consortium.importjob": pgettext_lazy("audit trail", "import of a list"),
    "consortium.invitation": pgettext_lazy("audit trail", "invitation"),
    "consortium.job": pgettext_lazy("audit trail", "job"),
    "consortium.membership": pgettext_lazy("audit trail", "membership"),
    "consortium.membershipapplication": pgettext_lazy("audit trail", "application for membership"),
    "consortium.organisation": pgettext_lazy("audit trail", "organisation"),
    "consortium.organisationalias": pgettext_lazy("audit trail", "name"),
    "consortium.organisationcontact": pgettext_lazy("audit trail", "contact"),
    "consortium.organisationmerge": pgettext_lazy("audit trail", "earlier merge"),
    "consortium.organisationrole": pgettext_lazy("audit trail", "role in a body"),
    "consortium.platform": pgettext_lazy("audit trail", "platform"),
    "consortium.platform_organisations": pgettext_lazy("audit trail", "part in a platform"),
    "consortium.policyvalue": pgettext_lazy("audit trail", "setting"),
    "consortium.publicnotice": pgettext_lazy("audit trail", "notice"),
    "consortium.reminder": pgettext_lazy("audit trail", "reminder to members"),
    "consortium.reminderunit": pgettext_lazy("audit trail", "line of a reminder"),
    "consortium.rolegrant": pgettext_lazy("audit trail", "role of a person"),
    "consortium.studentprofile": pgettext_lazy("audit trail", "student"),
    "consortium.user": pgettext_lazy("audit trail", "account"),
    "consortium.seat": pgettext_lazy("audit trail", "seat"),
    "consortium.vehicle": pgettext_lazy("audit trail", "vehicle"),
    "consortium.vehicle_organisations": pgettext_lazy("audit trail", "part in a vehicle"),
    "mentors.appointment": pgettext_lazy("audit trail", "appointment"),
    "mentors.loglink": pgettext_lazy("audit trail", "link of a mail"),
    "mentors.meeting": pgettext_lazy("audit trail", "meeting"),
    "mentors.mentorship": pgettext_lazy("audit trail", "mentorship"),
    "mentors.nomination": pgettext_lazy("audit trail", "nomination"),
    "mentors.reopening": pgettext_lazy("audit trail", "request to log a late day"),
    "mentors.supervisionlog": pgettext_lazy("audit trail", "supervision log"),
    "placements.application": pgettext_lazy("audit trail", "application"),
    "placements.applicationversion": pgettext_lazy("audit trail", "version of an application"),
    "placements.base": pgettext_lazy("audit trail", "base"),
    "placements.demand": pgettext_lazy("audit trail", "demand"),
    "placements.matchinground": pgettext_lazy("audit trail", "round"),
    "placements.matchrun": pgettext_lazy("audit trail", "run"),
    "placements.objection": pgettext_lazy("audit trail", "objection"),
    "placements.placement": pgettext_lazy("audit trail", "place"),
    "placements.project": pgettext_lazy("audit trail", "project"),
    "placements.projectscore": pgettext_lazy("audit trail", "score"),
    "placements.roundproject": pgettext_lazy("audit trail", "project in a round"),
    "placements.roundrequest": pgettext_lazy("audit trail", "request of two persons"),
    "placements.roundstudent": pgettext_lazy("audit trail", "student in a round"),
}
STREAMS = {
    "acts": pgettext_lazy("audit trail", "acts"),
    "imports": pgettext_lazy("audit trail", "records written by imports"),
}
# People without an account stand in the trail by their part, never by a name: it could not be erased there.
OUTSIDERS = {
    "a nominated person": pgettext_lazy("audit trail", "a nominated person"),
    "an applicant": pgettext_lazy("audit trail", "an applicant"),
    "somebody who objects": pgettext_lazy("audit trail", "somebody who objects"),
}


def actor_of(row):
    """Who did it, in the reader's language: a person's name, the part in which somebody without an account came, or the
    system.
    """
    if row.actor_id is None and row.actor_name in OUTSIDERS:
        return OUTSIDERS[row.actor_name]
    return row.actor_name or _("the system")


def stream_of(key):
    """The name of a chain in the reader's language."""
    return STREAMS.get(key, key)


def said_of(verb):
    """The verb in the reader's language; one without words of its own as it was stored."""
    return VERBS.get(verb, verb)


def kind_of(label):
    """The kind of an object in the reader's language."""
    return KINDS.get(label, label)
