// The page's style sheet: one accent a worker state, light and dark by the reader's setting.
#pragma once

namespace sandbox {

inline constexpr const char* page_style = R"css(
:root { color-scheme: light dark;
  --ground: light-dark(#f6f7f9, #14161a); --card: light-dark(#fff, #1d2026); --ink: light-dark(#1c2026, #e6e8ec);
  --soft: light-dark(#667080, #98a1b0); --line: light-dark(#e1e5ea, #2c313a); --code: light-dark(#eef0f3, #272b33);
  --running: #2f9e5b; --busy: #1f6fd0; --quiet: #c98a10; --idle: #7a5cc0; --stopped: #8a93a0; --booting: #35a7b5;
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
.message { display: grid; grid-template-columns: 38px minmax(0, 1fr); gap: 10px; }
.icon { width: 38px; height: 38px; border-radius: 8px; background: var(--code); font-size: 21px; line-height: 38px;
  text-align: center; }
.message p { margin: 2px 0; overflow-wrap: anywhere; } .message .elements, .message .fields { color: var(--soft);
  font-size: 13px; }
.user { color: var(--busy); }
.attachment { border-left: 3px solid var(--quiet); padding-left: 10px; margin: 4px 0; }
code, pre { font: 12.5px ui-monospace, monospace; background: var(--code); border-radius: 4px; }
code { padding: 1px 4px; } pre { padding: 8px 10px; margin: 4px 0; overflow-x: auto; white-space: pre-wrap; }
hr { border: 0; border-top: 1px solid var(--line); }
)css";

} // namespace sandbox
