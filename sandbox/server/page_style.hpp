// The page's style sheet: one accent a worker state, light and dark by the reader's setting.
#pragma once

namespace sandbox {

inline constexpr const char* page_style = R"css(
:root { color-scheme: light dark;
  --ground: light-dark(#f6f7f9, #14161a); --card: light-dark(#fff, #1d2026); --ink: light-dark(#1c2026, #e6e8ec);
  --soft: light-dark(#667080, #98a1b0); --line: light-dark(#e1e5ea, #2c313a); --code: light-dark(#eef0f3, #272b33);
  --running: #2f9e5b; --busy: #1f6fd0; --quiet: #c98a10; --idle: #7a5cc0; --stopped: #8a93a0; --booting: #35a7b5;
  --slack: light-dark(#fff, #1a1d21); --words: light-dark(#1d1c1d, #d1d2d3); --hover: light-dark(#f8f8f8, #222529);
  --tag: light-dark(#e8e8e8, #35373b); --edge: light-dark(#1d1c1d21, #e8e8e821); --red: light-dark(#c01343, #e8912d);
  --link: light-dark(#1264a3, #1d9bd1);
  --suspended: #cf3f3f; --none: light-dark(#d3d8de, #3a404a); }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1240px; margin: 0 auto; padding: 24px; display: grid; gap: 24px;
  grid-template-columns: minmax(0, 3fr) minmax(320px, 2fr); align-items: start; }
@media (max-width: 860px) { main { grid-template-columns: minmax(0, 1fr); } }
header { grid-column: 1 / -1; display: flex; flex-wrap: wrap; align-items: baseline; gap: 6px 16px; }
h1 { font-size: 22px; margin: 0; } h2 { font-size: 15px; margin: 0 0 12px; color: var(--soft); font-weight: 600; }
h3 { font-size: 15px; margin: 0; }
.soft { color: var(--soft); } time { color: var(--soft); font-size: 13px; white-space: nowrap; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 14px 16px;
  margin-bottom: 14px; }
.top { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 4px 12px; }
.instances { display: grid; grid-template-columns: repeat(auto-fill, minmax(230px, 1fr)); gap: 8px; margin-top: 10px; }
.instance { border: 1px solid var(--line); border-radius: 8px; padding: 8px 10px; font-size: 12.5px; }
.instance b { font: 12px ui-monospace, monospace; }
.dense { display: flex; flex-wrap: wrap; gap: 2px; margin-top: 10px; }
.dense i { width: 9px; height: 16px; border-radius: 2px; }
.worker { display: flex; align-items: center; gap: 8px; margin-top: 5px; }
.bar { flex: 0 0 84px; height: 9px; border-radius: 5px; background: var(--none); overflow: hidden; }
.bar i { display: block; height: 100%; border-radius: 5px; min-width: 4px; }
.running { background: var(--running); } .busy { background: var(--busy); } .quiet { background: var(--quiet); }
.idle { background: var(--idle); } .stopped { background: var(--stopped); } .booting { background: var(--booting); }
.suspended { background: var(--suspended); }
.legend { display: flex; flex-wrap: wrap; gap: 4px 14px; font-size: 13px; color: var(--soft); }
.legend i { display: inline-block; width: 10px; height: 10px; border-radius: 3px; margin-right: 5px; }
a { color: var(--link); text-decoration: none; } a:hover { text-decoration: underline; }
h2 a { color: inherit; }
.channel { padding: 0; background: var(--slack); }
.channel h3 { padding: 10px 16px; border-bottom: 1px solid var(--line); }
.messages { display: flex; flex-direction: column; padding: 4px 0; }
article { display: grid; grid-template-columns: 36px minmax(0, 1fr); gap: 8px; padding: 8px 16px;
  font: 15px/1.46 Lato, system-ui, sans-serif; color: var(--words); }
article:hover { background: var(--hover); }
.avatar { width: 36px; height: 36px; border-radius: 6px; background: var(--code); font-size: 21px; line-height: 36px;
  text-align: center; overflow: hidden; }
.avatar .emoji { width: 36px; height: 36px; display: block; }
.emoji { width: 1.4em; height: 1.4em; vertical-align: text-bottom; object-fit: contain; }
.app { background: var(--tag); color: var(--soft); font-size: 10px; font-weight: 700; border-radius: 2px; padding: 1px 3px;
  vertical-align: 1px; }
.body { overflow-wrap: anywhere; }
.thread { border-left: 3px solid var(--edge); margin-top: 6px; } .thread article { padding: 4px 0 4px 12px; }
.body h4 { font-size: 18px; line-height: 1.33; margin: 8px 0 4px; font-weight: 900; }
.section { margin: 4px 0; }
.fields { display: grid; grid-template-columns: 1fr 1fr; gap: 8px 16px; margin: 4px 0; }
.elements { color: var(--soft); font-size: 13px; margin: 6px 0 2px; }
.mention { color: var(--link); background: var(--tag); border-radius: 3px; padding: 0 2px; font-weight: 400; }
.section time, .fields time { color: inherit; font-size: inherit; }
code, pre { font: 12px/1.5 ui-monospace, Menlo, "DejaVu Sans Mono", monospace; background: var(--code);
  border: 1px solid var(--edge); border-radius: 3px; }
code { padding: 1px 3px; color: var(--red); } .elements code { font-size: 11px; }
pre { padding: 8px; margin: 4px 0; white-space: pre-wrap; border-radius: 4px; }
hr { border: 0; border-top: 1px solid var(--line); }
/* Slack alone, as a person reads a channel: the newest message at the bottom. */
main:has(#slack:target) { display: block; max-width: 760px; }
main:has(#slack:target) :is(header, #fleet, h2) { display: none; }
#slack:target .messages { flex-direction: column-reverse; }
)css";

} // namespace sandbox
