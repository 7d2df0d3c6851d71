// Every part is optional: each page works whole without any of them.
import "./confirm.js";
import "./copy.js";
import "./drop.js";
import "./go_on.js";
import "./keys.js";
import "./live.js";
import "./menu.js";
import "./points.js";
import "./poll.js";
import "./reveal.js";
import "./scheme_toggle.js";
import "./sliders.js";
import "./words.js";
import "./zone.js";
