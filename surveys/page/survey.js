// Makes answering easier where scripts run. The page is whole without this file.
"use strict";
