/* The style sheets of maps and plots: the tokens of the portal's own style
 * sheet, spelled out, as other programs than browsers read these pictures and
 * know no variables. Strokes within SVG_TENTHS count tenths of a pixel. */
#include "svg.h"

#define FONT "font-family:Inter,system-ui,-apple-system,\"Segoe UI\",Roboto," \
	"sans-serif;"
#define DARK "@media screen and (prefers-color-scheme:dark){"

#define SERIES \
	".s1{color:#d1495b}.s2{color:#00798c}.s3{color:#b07d00}" \
	".s4{color:#30638e}.s5{color:#6a4c93}.s6{color:#2a9d5f}" \
	".s7{color:#c2571a}.s8{color:#8d2f6b}"
#define SERIES_DARK \
	".s1{color:#ff8896}.s2{color:#4cc9d8}.s3{color:#e8bd4f}" \
	".s4{color:#82b6e6}.s5{color:#bda0ea}.s6{color:#74d6a0}" \
	".s7{color:#ffa268}.s8{color:#e58cc2}"

/* Viridis (Smith and van der Walt, 2015) in even steps, as far as it stands out
 * from paper, sea and land by 3 : 1 (WCAG 1.4.11); on light paper its greens
 * are darker for that. The style sheet of the pages has the same. */
#define RAMP \
	".r0{color:#339e39}.r1{color:#009256}.r2{color:#008368}" \
	".r3{color:#007373}.r4{color:#116179}.r5{color:#25507c}" \
	".r6{color:#363d7b}.r7{color:#3f2c74}.r8{color:#431768}" \
	".r9{color:#440154}"
#define RAMP_DARK \
	".r0{color:#2a7a8e}.r1{color:#238d8c}.r2{color:#219f88}" \
	".r3{color:#2daf7f}.r4{color:#42be71}.r5{color:#65ca60}" \
	".r6{color:#87d44c}.r7{color:#afdc35}.r8{color:#d6e226}" \
	".r9{color:#fde725}"

const char svg_map_style[] =
    "svg{color:#8fa9b8}"
    "path{fill:none;stroke-linejoin:round;stroke-linecap:round}"
    "text{" FONT "font-size:12px;fill:#10222e;paint-order:stroke;"
    "stroke:#eaf2f6;stroke-width:4px;stroke-opacity:.9;"
    "stroke-linejoin:round}"
    ".sea{fill:#eaf2f6}"
    ".land{fill:#f7f5f0;fill-rule:evenodd;stroke:#b9c3c6;stroke-width:7}"
    ".fill{fill:#f7f5f0;fill-rule:evenodd;stroke:#f7f5f0;stroke-width:8}"
    ".coast{stroke:#b9c3c6;stroke-width:7}"
    ".border{stroke:#b9c3c6;stroke-width:7;stroke-dasharray:20 30}"
    ".area{stroke:#55697a;stroke-opacity:.6;stroke-width:9;"
    "stroke-dasharray:40 40}"
    ".grid{stroke:#55697a;stroke-opacity:.13;stroke-width:7}"
    ".thin{stroke:currentColor;stroke-width:9;stroke-opacity:.75}"
    ".thin.r0,.thin.r1,.thin.r2,.thin.r3,.thin.r4,.thin.r5,.thin.r6,"
    ".thin.r7,.thin.r8,.thin.r9{stroke-width:12;stroke-opacity:1}"
    ".halo{stroke:#eaf2f6;stroke-width:52;stroke-opacity:.9}"
    ".line{stroke:currentColor;stroke-width:22}"
    ".dot{fill:currentColor;stroke:#fff;stroke-width:1.5}"
    ".ring{fill:#fff;stroke:currentColor;stroke-width:2}"
    ".leader{stroke:#55697a;stroke-width:.8}"
    ".rule{stroke:#10222e;stroke-width:1.2;stroke-linejoin:miter}"
    ".key{stroke:currentColor;stroke-width:3;stroke-linecap:butt}"
    ".panel{fill:#fff;fill-opacity:.85}"
    ".name{font-style:italic;fill:#55697a;letter-spacing:.03em;"
    "text-anchor:middle}"
    ".deg{font-size:11px;fill:#55697a}"
    ".bar,.mid{text-anchor:middle}.end{text-anchor:end}"
    ".label{font-size:13px;font-weight:600}"
    ".keys{stroke:none;font-variant-numeric:tabular-nums}"
    SERIES RAMP
    DARK
    "svg{color:#3f6078}text{fill:#e6eef3;stroke:#0f2130}"
    ".sea{fill:#0f2130}.land{fill:#182834;stroke:#3b5364}"
    ".fill{fill:#182834;stroke:#182834}.coast,.border{stroke:#3b5364}"
    ".grid,.area{stroke:#9db0bd}.halo{stroke:#0f2130}"
    ".dot{stroke:#0c1721}.ring{fill:#0c1721}.leader{stroke:#9db0bd}"
    ".rule{stroke:#e6eef3}.panel{fill:#0c1721}"
    ".name,.deg{fill:#9db0bd}"
    SERIES_DARK RAMP_DARK "}";

const char svg_plot_style[] =
    "path{fill:none}"
    "text{" FONT "font-size:12px;fill:#55697a;"
    "font-variant-numeric:tabular-nums}"
    ".paper{fill:#fff}"
    ".grid{stroke:#d9e1e6;stroke-width:10}"
    ".axis{stroke:#55697a;stroke-width:10}"
    ".strong{fill:#10222e}.bold{fill:#10222e;font-weight:600}"
    ".over{fill:#10222e;paint-order:stroke;stroke:#fff;stroke-width:3px;"
    "stroke-linejoin:round}"
    ".mid{text-anchor:middle}.end{text-anchor:end}"
    ".t10{font-size:10px}.t11{font-size:11px}.t13{font-size:13px}"
    ".deep{fill:#00658f;fill-opacity:.28}.every{fill:#00658f;"
    "fill-opacity:.42}"
    ".dives{stroke:#00658f;stroke-opacity:.75}"
    ".under{fill:#00658f;fill-opacity:.1}"
    ".curve{stroke:#00658f;stroke-width:18;stroke-linejoin:round}"
    ".point{fill:#00658f;stroke:#fff;stroke-width:1.5}"
    ".k0{stroke:#00658f}.k1{stroke:#c2571a}"
    ".f0{fill:#00658f}.f1{fill:#c2571a}"
    ".in{fill:#fff;font-size:11px;text-anchor:middle}"
    DARK
    ".paper{fill:#0c1721}text{fill:#9db0bd}.grid{stroke:#26394a}"
    ".axis{stroke:#9db0bd}.strong,.bold,.over{fill:#e6eef3}"
    ".over{stroke:#0c1721}"
    ".deep,.every,.under,.f0{fill:#6cc5ee}"
    ".dives,.curve,.k0{stroke:#6cc5ee}.k1{stroke:#ffa268}"
    ".f1{fill:#ffa268}.point{fill:#6cc5ee;stroke:#0c1721}"
    ".in{fill:#0c1721}}";
