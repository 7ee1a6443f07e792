/**
 * How the page looks: on a desk, on a phone, in the dark, and on paper. Entries and their heads are blocks, since hiding
 * thousands of list items, each of which has a number, takes a browser seconds.
 */
export const STYLE = `
:root{color-scheme:light dark;--page:#f5f6f8;--card:#fff;--text:#1b1f24;--muted:#57606a;--line:#d5dae0;--link:#0a5096;
--bad:#a40e26;--bad-bg:#ffebe9;--warn:#744700;--warn-bg:#fff3d6;--calm:#0a5096;--calm-bg:#e3f0ff;--good:#116329;--good-bg:#dafbe1}
@media (prefers-color-scheme:dark){:root{--page:#0e1116;--card:#171c23;--text:#e6edf3;--muted:#a3adb8;--line:#333b45;--link:#8cc0ff;
--bad:#ff9a93;--bad-bg:#3d1417;--warn:#f0b95b;--warn-bg:#35260a;--calm:#8cc0ff;--calm-bg:#10253f;--good:#6fdd8b;--good-bg:#0f2d19}}
*{box-sizing:border-box}[hidden]{display:none!important}
body{margin:0;background:var(--page);color:var(--text);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;overflow-wrap:anywhere}
header,main,nav{max-width:1080px;margin:0 auto;padding:0 16px}
header{padding-top:24px}h1{font-size:26px;line-height:1.25;margin:0 0 12px}h2{font-size:19px;margin:32px 0 12px}h3{font-size:15px;margin:0;font-weight:600}
code,.value{font:13px/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
.muted{color:var(--muted)}.count{color:var(--muted);font-weight:400;font-size:15px}
.skip{position:absolute;left:-999px}.skip:focus{left:16px;top:8px;background:var(--card);color:var(--link);padding:8px}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.verdict{border-left:5px solid;border-radius:8px;padding:12px 16px;margin:0 0 16px;font-size:16px}.verdict strong{display:block;font-size:20px}
.breaking,.delete,.replace,.error{color:var(--bad);background:var(--bad-bg)}.loosening,.update,.warning{color:var(--warn);background:var(--warn-bg)}
.neutral,.note,.import{color:var(--calm);background:var(--calm-bg)}.none,.create{color:var(--good);background:var(--good-bg)}
.pill{display:inline-block;border-radius:99px;padding:1px 10px;font-size:13px;font-weight:600;white-space:nowrap}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(190px,1fr));gap:10px;margin:0}
.facts div,.card,.topology,.notes{background:var(--card);border:1px solid var(--line);border-radius:8px}
.facts div{padding:8px 14px}dt{color:var(--muted);font-size:13px}dd{margin:0;font-weight:600}
.notes{padding:10px 14px 10px 34px}
.tools{position:sticky;top:0;z-index:1;background:var(--page);padding-top:10px;padding-bottom:10px;border-bottom:1px solid var(--line);margin-top:20px}
.tools form{display:flex;flex-wrap:wrap;gap:8px;align-items:end}.tools label{font-size:13px;color:var(--muted);display:grid;flex:1 1 120px;min-width:0}
.tools label.search{flex:3 1 240px}input[type=search],select,button{font:inherit;color:var(--text);background:var(--card);border:1px solid var(--line);border-radius:6px;padding:6px 10px;min-height:38px;width:100%;min-width:0}
button{width:auto;cursor:pointer}.tools output{flex-basis:100%;font-size:13px;color:var(--muted)}
.list{list-style:none;margin:0;padding:0}.list>li{display:block;margin-bottom:8px}
.card{padding:10px 14px}.card p{margin:6px 0}.what{font-size:16px;font-weight:600}
summary{cursor:pointer;display:block}summary::before{content:"▸ "/"";color:var(--muted)}[open]>summary::before{content:"▾ "/""}summary .muted{font-size:14px}
table{border-collapse:collapse;width:100%;table-layout:fixed;margin:8px 0}th,td{border-top:1px solid var(--line);padding:5px 8px 5px 0;text-align:left;vertical-align:top;font-weight:400}
thead th{color:var(--muted);font-size:13px;border:0}tbody th{width:26%}thead th:first-child{width:26%}
.value{white-space:pre-wrap;border-radius:4px;padding:0 4px;-webkit-box-decoration-break:clone;box-decoration-break:clone}del,ins{text-decoration:none}del{background:var(--bad-bg);color:var(--bad)}ins{background:var(--good-bg);color:var(--good)}
.topology{padding:12px 14px}.sides{border:0;padding:0;margin:0;display:flex;gap:16px;flex-wrap:wrap}.sides legend{float:left;padding:0;margin-right:12px;color:var(--muted)}
.legend{margin:6px 0 10px;font-size:13px}.state{border-radius:4px;padding:0 6px;font-size:13px;white-space:nowrap}
.state.added{color:var(--good);background:var(--good-bg)}.state.removed{color:var(--bad);background:var(--bad-bg)}.state.changed{color:var(--warn);background:var(--warn-bg)}
.drawing{overflow:auto;max-height:80vh;margin-bottom:8px}svg{display:block;margin:0 auto;font-size:12.5px;font-family:inherit}
svg path{fill:none;stroke:var(--muted);stroke-width:1.2;opacity:.55}svg path.added{stroke:var(--good);stroke-width:2.2;opacity:1}svg path.removed{stroke:var(--bad);stroke-width:2.2;stroke-dasharray:6 4;opacity:1}
svg text{fill:var(--text)}svg .column{fill:var(--muted);font-weight:600}svg .detail{fill:var(--muted);font-size:11.5px}
.node rect{fill:var(--card);stroke:var(--line)}.node.added rect{fill:var(--good-bg);stroke:var(--good)}.node.removed rect{fill:var(--bad-bg);stroke:var(--bad);stroke-dasharray:6 4}.node.changed rect{fill:var(--warn-bg);stroke:var(--warn)}
.node.added text{fill:var(--good)}.node.removed text{fill:var(--bad)}.node.changed text{fill:var(--warn)}.mark{font-size:16px;font-weight:700}
.topology:has([value=before]:checked) svg .added,.topology:has([value=after]:checked) svg .removed{visibility:hidden}
footer{padding:24px 16px;text-align:center;color:var(--muted);font-size:13px}
@media (max-width:600px){h1{font-size:21px}.facts{grid-template-columns:minmax(0,1fr) minmax(0,1fr)}.tools{position:static}.tools label{flex-basis:40%}.tools label.search{flex-basis:100%}table{font-size:13px}code,.value{font-size:12px}}
@media print{.tools,.skip,.sides{display:none}.card{break-inside:avoid}.drawing{max-height:none;overflow:visible}svg{max-width:100%;height:auto}details::details-content{content-visibility:visible;block-size:auto}body{font-size:12px}}
`;
