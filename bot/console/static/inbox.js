// The inbox: list, conversation, box to write in, shortcuts; each in a module of its own.
import "./inbox/list.js";
import "./inbox/talk.js";
import "./inbox/composer.js";
import "./inbox/alerts.js";
import "./inbox/keys.js";
