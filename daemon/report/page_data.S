/* The page of `faultprint report`, so that the program needs no file beside it. Its scripts become
   one, in a scope of its own. */
#include "daemon/embed.inc"

  .section .rodata
  EMBED(faultprint_report_html, "report/page/report.html")
  EMBED(faultprint_report_css, "report/page/report.css")
  .global faultprint_report_js
  .global faultprint_report_js_end
faultprint_report_js:
  .ascii "(() => {\n'use strict';\n"
  .incbin "report/page/dom.js"
  .incbin "report/page/theme.js"
  .incbin "report/page/chart.js"
  .incbin "report/page/scatter.js"
  .incbin "report/page/player.js"
  .incbin "report/page/overview.js"
  .incbin "report/page/incident_words.js"
  .incbin "report/page/incident.js"
  .incbin "report/page/embedding.js"
  .incbin "report/page/pairs.js"
  .incbin "report/page/quality.js"
  .incbin "report/page/training.js"
  .incbin "report/page/comparison.js"
  .incbin "report/page/main.js"
  .ascii "})();\n"
faultprint_report_js_end:
  .byte 0
#if defined(__linux__) && defined(__ELF__)
  .section .note.GNU-stack, "", %progbits
#endif
