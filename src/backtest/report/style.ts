// The look of a report: one sheet for light, dark and paper. The reader's system chooses, the switch
// overrides it.

const LIGHT = `
--paper:#f6f6f3;--card:#ffffff;--ink:#16191d;--soft:#5c636b;--rule:#e2e3de;--accent:#1f56c6;--good:#117a45;
--bad:#b8322a;
--warn:#8a5a00;--zone:rgba(184,50,42,.07);--bar:#b9c6dd;--hold:#8b9098;--momentum:#c08a2e;color-scheme:light;
--g1:#e4f2ea;--g2:#c3e3d0;--g3:#8fcaa9;--g4:#4fa577;--g5:#1f7d4e;--r1:#fbe9e7;--r2:#f4c8c3;--r3:#e79b93;
--r4:#d2665c;--r5:#b03a31;`;
const DARK = `
--paper:#0e1115;--card:#161a20;--ink:#e7e9ec;--soft:#98a1ab;--rule:#2a3038;--accent:#78a6ff;--good:#4cc38a;
--bad:#ff8278;
--warn:#e3b341;--zone:rgba(255,130,120,.09);--bar:#3b4a63;--hold:#7d858f;--momentum:#d6a24a;color-scheme:dark;
--g1:#16261e;--g2:#1a3a2a;--g3:#1f5a3d;--g4:#2a7d55;--g5:#3aa572;--r1:#2b1a1a;--r2:#452323;--r3:#6b302d;
--r4:#94413b;--r5:#bd544c;`;

/** The sheet; its SHA-256 stands in the page's content security policy. */
export const STYLE = `
:root{${LIGHT}}
@media (prefers-color-scheme:dark){:root{${DARK}}}
:root:has(#light:checked){${LIGHT}}
:root:has(#dark:checked){${DARK}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);
font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;
font-variant-numeric:tabular-nums}
main{max-width:1140px;margin:0 auto;padding:36px 24px 56px}
header{display:flex;flex-wrap:wrap;gap:8px 28px;align-items:flex-end;justify-content:space-between;
margin-bottom:22px}
h1{font-size:31px;line-height:1.15;margin:0;letter-spacing:-.015em}
h1 small{display:block;font-size:15px;font-weight:400;color:var(--soft);letter-spacing:0;margin-top:6px}
h2{font-size:17px;margin:0 0 4px;letter-spacing:-.005em}
p{margin:0 0 12px}
.note{color:var(--soft);font-size:13.5px;max-width:82ch}
.theme{display:flex;gap:2px;border:1px solid var(--rule);border-radius:8px;padding:2px;background:var(--card)}
.theme label{padding:2px 11px;border-radius:6px;font-size:13px;color:var(--soft);cursor:pointer}
.theme input{position:absolute;opacity:0;pointer-events:none}
.theme label:has(input:checked){background:var(--paper);color:var(--ink)}
.theme label:has(input:focus-visible){outline:2px solid var(--accent)}
.card{background:var(--card);border:1px solid var(--rule);border-radius:12px;padding:20px 22px;
margin-bottom:16px}
.verdict{display:grid;grid-template-columns:minmax(240px,1fr) 2fr;gap:10px 30px;align-items:center;
border-left:5px solid var(--bad)}
.verdict.good{border-left-color:var(--good)}
.verdict strong{display:block;font-size:25px;line-height:1.2;letter-spacing:-.015em;color:var(--bad)}
.verdict.good strong{color:var(--good)}
.verdict p{margin:0}
.simulated{border-left:5px solid var(--warn);padding:12px 22px}
.figures{display:grid;grid-template-columns:repeat(4,minmax(0,1fr));gap:1px;background:var(--rule);
border:1px solid var(--rule);border-radius:12px;overflow:hidden;margin-bottom:16px}
.figures div{background:var(--card);padding:14px 18px}
.figures span{display:block;font-size:12.5px;color:var(--soft)}
.figures b{display:block;font-size:22px;font-weight:600;letter-spacing:-.01em;line-height:1.35}
.figures small{display:block;font-size:12.5px;color:var(--soft)}
.pair{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:16px}
.pair .card{margin-bottom:0}
.pair{margin-bottom:16px}
.plot{overflow-x:auto;margin-top:8px}
svg{display:block;width:100%;height:auto}
.grid{stroke:var(--rule)}
.zero{stroke:var(--soft);stroke-dasharray:2 3}
.axis{stroke:var(--soft)}
.tick{fill:var(--soft);font-size:12px}
.mark{fill:var(--accent);font-size:13px;font-weight:600}
.middle{text-anchor:middle}.end{text-anchor:end}
.line{fill:none;stroke-width:1.4;stroke-linejoin:round}
.line.own{stroke:var(--accent);stroke-width:2.4}
.line.hold{stroke:var(--hold)}
.line.momentum{stroke:var(--momentum)}
.line.fall{stroke:var(--bad)}
.area.fall{fill:var(--bad);opacity:.16}
.zone{fill:var(--zone)}
.bar{fill:var(--bar)}
.marker{stroke:var(--accent);stroke-width:2.4}
.legend{display:flex;flex-wrap:wrap;gap:4px 20px;font-size:13px;color:var(--soft);margin-top:6px}
.legend i{display:inline-block;width:18px;height:3px;border-radius:2px;margin-right:7px;
vertical-align:middle;background:var(--hold)}
.legend .own{background:var(--accent)}.legend .momentum{background:var(--momentum)}
.legend .zone{background:var(--bad);opacity:.25;height:11px}
.scroll{overflow-x:auto;
background:linear-gradient(90deg,var(--card) 40%,transparent) 0 0/28px 100% no-repeat local,
linear-gradient(270deg,var(--card) 40%,transparent) 100% 0/28px 100% no-repeat local,
linear-gradient(90deg,var(--rule),transparent) 0 0/9px 100% no-repeat,
linear-gradient(270deg,var(--rule),transparent) 100% 0/9px 100% no-repeat}
table{border-collapse:collapse;width:100%;font-size:13.5px;margin-top:8px}
th{font-weight:500;color:var(--soft);text-align:right;padding:5px 10px;border-bottom:1px solid var(--rule);
white-space:nowrap}
td{text-align:right;padding:5px 10px;border-bottom:1px solid var(--rule);white-space:nowrap}
th:first-child,td:first-child{text-align:left;padding-left:0}
th:last-child,td:last-child{padding-right:0}
td.text,th.text{text-align:left;white-space:normal;min-width:150px}
td.name,th.name{text-align:left}
tr:last-child td{border-bottom:0}
.plus{color:var(--good)}.minus{color:var(--bad)}.off{color:var(--soft)}
.state{font-weight:600}
.heat td{text-align:center;padding:7px 4px;border:2px solid var(--card);min-width:54px;border-radius:6px}
.heat th{text-align:center;border:0}
.heat th:first-child,.heat td:first-child{text-align:left;background:none}
.heat .sum{font-weight:600}
.g1{background:var(--g1)}.g2{background:var(--g2)}.g3{background:var(--g3)}.g4{background:var(--g4);
color:#fff}.g5{background:var(--g5);color:#fff}
.r1{background:var(--r1)}.r2{background:var(--r2)}.r3{background:var(--r3)}.r4{background:var(--r4);
color:#fff}.r5{background:var(--r5);color:#fff}
details{margin-top:10px}
summary{cursor:pointer;color:var(--accent);font-size:13.5px}
code{font:12px/1.5 ui-monospace,SFMono-Regular,Menlo,monospace;word-break:break-all}
dl{display:grid;grid-template-columns:max-content 1fr;gap:3px 18px;margin:8px 0 0;font-size:13.5px}
.columns{columns:2;column-gap:44px}.columns div{display:flex;justify-content:space-between;gap:18px;
padding:5px 0;
border-bottom:1px solid var(--rule);break-inside:avoid;font-size:13.5px}.columns div span{color:var(--soft);
white-space:nowrap}
.columns b{font-weight:600;text-align:right}
dt{color:var(--soft)}dd{margin:0}
@media (max-width:780px){.figures{grid-template-columns:repeat(2,minmax(0,1fr))}.columns{columns:1}main{
padding:20px 14px 40px}.pair,.verdict{grid-template-columns:minmax(0,1fr)}.plot svg{min-width:560px}
.card{padding:16px}table{font-size:12.5px}th,td{padding:5px 6px}}
@media print{:root,:root:has(#dark:checked){${LIGHT}--paper:#fff}body{font-size:11.5px}main{max-width:none;
padding:0}
.theme,summary{display:none}.card,.figures{break-inside:avoid}.plot{overflow:visible}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`.replace(/\n/g, '');
