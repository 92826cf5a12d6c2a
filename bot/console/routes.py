"""Every address of the console on one page: method, path, what answers, who may, and how large a body may be."""

from __future__ import annotations

from bot.console.guard import Access, Route
from bot.console.pages import acts, canned, files, inbox, login, profile, stream, talk
from bot.console.pages.admin import announcements, hours, log, operators, rules, settings, sites
from bot.console.pages.faq import attaching, editing, exchange, listing, unanswered
from bot.console.pages.reports import showing as reports

PUBLIC, OPERATOR, SUPERVISOR, ADMIN = Access.PUBLIC, Access.OPERATOR, Access.SUPERVISOR, Access.ADMIN

_N = r"{number:[1-9]\d{0,17}}"
_TOKEN = r"{token:[A-Za-z0-9_-]{20,64}}"  # noqa: S105 - the form of a token, not one

ROUTES = (
    # coming in
    Route("GET", "/", login.home, OPERATOR),
    Route("GET", "/login", login.show_login, PUBLIC),
    Route("POST", "/login", login.log_in, PUBLIC),
    Route("POST", "/logout", login.log_out, OPERATOR),
    Route("POST", "/language", login.set_language, PUBLIC),
    Route("GET", f"/password/{_TOKEN}", login.show_password, PUBLIC),
    Route("POST", f"/password/{_TOKEN}", login.save_password, PUBLIC),
    Route("GET", f"/first/{_TOKEN}", login.show_first, PUBLIC),
    Route("POST", f"/first/{_TOKEN}", login.save_first, PUBLIC),
    # conversations
    Route("GET", "/inbox", inbox.show_inbox, OPERATOR),
    Route("GET", f"/inbox/{_N}", inbox.show_conversation, OPERATOR),
    Route("GET", f"/inbox/{_N}/head", talk.show_head, OPERATOR),
    Route("GET", f"/inbox/{_N}/older", talk.show_older, OPERATOR),
    Route("GET", f"/inbox/{_N}/suggestions", talk.show_suggestions, OPERATOR),
    Route("POST", f"/inbox/{_N}/act", acts.act, OPERATOR, limit=acts.BODY_LIMIT),
    Route("POST", "/presence", acts.set_presence, OPERATOR),
    Route("POST", f"/inbox/{_N}/read", talk.read, OPERATOR, is_page=False),
    Route("POST", f"/inbox/{_N}/unread", talk.unread, OPERATOR, is_page=False),
    Route("POST", f"/inbox/{_N}/draft", talk.keep_draft, OPERATOR, is_page=False),
    Route("POST", f"/inbox/{_N}/viewing", talk.look, OPERATOR, is_page=False),
    Route("GET", rf"/files/{_N}/{{place:\d{{1,2}}}}", files.show_file, OPERATOR, is_page=False),
    # the FAQ
    Route("GET", "/faq", listing.show_list, OPERATOR),
    Route("GET", "/faq/try", listing.show_try, OPERATOR),
    Route("GET", "/faq/entry", editing.show_entry, OPERATOR),
    Route("POST", "/faq/entry", editing.save_entry, SUPERVISOR, limit=attaching.BODY_LIMIT),
    Route("GET", "/faq/new", editing.show_new, SUPERVISOR),
    Route("POST", "/faq/new", editing.save_new, SUPERVISOR, limit=attaching.BODY_LIMIT),
    Route("GET", "/faq/files/{ref:[0-9a-f]{64}}", attaching.show_file, OPERATOR, is_page=False),
    Route("POST", "/faq/publish", editing.publish, SUPERVISOR),
    Route("POST", "/faq/archive", editing.archive, SUPERVISOR),
    Route("POST", "/faq/back", editing.roll_back, SUPERVISOR),
    Route("GET", "/faq/import", exchange.show_import, SUPERVISOR),
    Route("POST", "/faq/import", exchange.plan_import, SUPERVISOR, limit=exchange.FILE_LIMIT),
    Route("POST", "/faq/import/apply", exchange.apply_import, SUPERVISOR),
    Route("GET", "/faq/export.{kind:csv|xlsx|yaml}", exchange.export, SUPERVISOR),
    Route("GET", "/unanswered", unanswered.show_gaps, OPERATOR),
    Route("POST", "/unanswered/phrasings", unanswered.add_phrasings, SUPERVISOR),
    Route("POST", "/unanswered/ignore", unanswered.ignore, SUPERVISOR),
    Route("POST", "/unanswered/look", unanswered.look_anew, SUPERVISOR),
    Route("POST", f"/exceptions/{_N}/end", unanswered.heed_again, SUPERVISOR),
    Route("POST", f"/suggestions/{_N}/approve", unanswered.approve, SUPERVISOR),
    Route("POST", f"/suggestions/{_N}/reject", unanswered.reject, SUPERVISOR),
    # figures
    Route("GET", "/reports/{key:overview|quality|operators|faq|load}", reports.show_report, SUPERVISOR),
    Route("GET", "/reports/{key:overview|quality|operators|faq|load}.{kind:csv|xlsx}", reports.export, SUPERVISOR),
    Route("GET", "/reports/behind/{what:[a-z]{1,16}}", reports.show_behind, SUPERVISOR),
    # people and rules
    Route("GET", "/canned", canned.show_canned, OPERATOR),
    Route("POST", "/canned", canned.save, OPERATOR),
    Route("POST", "/canned/drop", canned.drop, OPERATOR),
    Route("GET", "/api/canned", canned.list_for_script, OPERATOR, is_page=False),
    Route("GET", "/profile", profile.show_profile, OPERATOR),
    Route("POST", "/profile", profile.save_preferences, OPERATOR),
    Route("POST", "/profile/password", profile.change_password, OPERATOR),
    Route("POST", f"/profile/sessions/{_N}/end", profile.end_session, OPERATOR),
    Route("GET", "/operators", operators.show_operators, ADMIN),
    Route("POST", "/operators", operators.add, ADMIN),
    Route("GET", f"/operators/{_N}", operators.show_operator, ADMIN),
    Route("POST", f"/operators/{_N}", operators.change, ADMIN),
    Route("POST", f"/operators/{_N}/link", operators.renew_link, ADMIN),
    Route("POST", f"/operators/{_N}/sessions", operators.end_all_sessions, ADMIN),
    Route("GET", "/settings", settings.show_settings, ADMIN),
    Route("POST", "/settings", settings.save, ADMIN),
    Route("POST", "/settings/reset", settings.reset, ADMIN),
    Route("GET", "/settings/hours", hours.show_hours, ADMIN),
    Route("POST", "/settings/hours", hours.save_hours, ADMIN),
    Route("GET", "/settings/rules", rules.show_rules, ADMIN),
    Route("POST", "/settings/rules", rules.save, ADMIN),
    Route("POST", "/settings/rules/try", rules.try_rule, ADMIN),
    Route("POST", "/settings/rules/switch", rules.switch, ADMIN),
    Route("POST", "/settings/rules/remove", rules.remove, ADMIN),
    Route("GET", "/settings/channels", settings.show_channels, ADMIN),
    Route("GET", "/settings/sites", sites.show_sites, ADMIN),
    Route("POST", "/settings/sites", sites.add, ADMIN),
    Route("GET", f"/settings/sites/{_N}", sites.show_site, ADMIN),
    Route("POST", f"/settings/sites/{_N}", sites.change, ADMIN),
    Route("POST", f"/settings/sites/{_N}/secret", sites.renew_secret, ADMIN),
    Route("POST", f"/settings/sites/{_N}/remove", sites.remove, ADMIN),
    Route("GET", "/settings/announcements", announcements.show_list, ADMIN),
    Route("GET", "/settings/announcements/new", announcements.show_new, ADMIN),
    Route("POST", "/settings/announcements/new", announcements.save_new, ADMIN),
    Route("GET", f"/settings/announcements/{_N}", announcements.show_one, ADMIN),
    Route("POST", f"/settings/announcements/{_N}", announcements.save, ADMIN),
    Route("GET", f"/settings/announcements/{_N}/edit", announcements.show_edit, ADMIN),
    Route("POST", f"/settings/announcements/{_N}/send", announcements.send, ADMIN),
    Route("POST", f"/settings/announcements/{_N}/stop", announcements.stop, ADMIN),
    Route("POST", f"/settings/announcements/{_N}/say", announcements.say, ADMIN),
    Route("POST", f"/settings/announcements/{_N}/hush", announcements.hush, ADMIN),
    Route("POST", f"/settings/announcements/{_N}/remove", announcements.remove, ADMIN),
    Route("GET", "/audit", log.show_log, ADMIN),
    # for scripts
    Route("GET", "/events", stream.follow, OPERATOR, is_page=False),
    Route("GET", "/api/me", talk.who_am_i, OPERATOR, is_page=False),
)
