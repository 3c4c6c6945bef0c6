"""The look of a report: light and dark, on paper always light."""

from __future__ import annotations

_LIGHT = """
--paper:#ffffff; --ink:#1d2329; --soft:#59636e; --line:#d5dae0; --band:#f4f6f8;
--first:#1f6fb2; --second:#b3500a; --heat:#1f6fb2; --on-heat:#ffffff;
--right:#1a7f37; --wrong:#b3261e; --also:#7a5c00;"""
_DARK = """
--paper:#15191d; --ink:#e6e9ec; --soft:#a3adb8; --line:#3a434c; --band:#1e242a;
--first:#78b7ee; --second:#f2a65a; --heat:#78b7ee; --on-heat:#10151a;
--right:#5fcf7f; --wrong:#ff8a80; --also:#e3c04f;"""

CSS = f"""
:root {{ color-scheme: light dark; {_LIGHT} }}
@media screen and (prefers-color-scheme: dark) {{ :root {{ {_DARK} }} }}
body {{ margin:0 auto; padding:2rem 1.2rem 4rem; max-width:68rem; background:var(--paper);
  color:var(--ink); font:16px/1.5 system-ui,"Segoe UI",Roboto,"Noto Sans",sans-serif; }}
h1 {{ font-size:1.7rem; line-height:1.25; margin:0 0 .3rem; overflow-wrap:anywhere; }}
h2 {{ font-size:1.2rem; margin:2.4rem 0 .6rem; padding-top:.7rem;
  border-top:1px solid var(--line); }}
h3 {{ font-size:1rem; margin:1.5rem 0 .4rem; }}
p, dl, pre {{ margin:.4rem 0 .8rem; }}
p {{ max-width:46rem; }}
.soft, figcaption, .sub {{ color:var(--soft); font-size:.875rem; }}
table {{ border-collapse:collapse; margin:.6rem 0 1rem; font-variant-numeric:tabular-nums; }}
th, td {{ padding:.3rem .9rem .3rem 0; text-align:right; border-bottom:1px solid var(--line); }}
th:first-child, td:first-child {{ text-align:left; }}
th {{ font-weight:600; font-size:.875rem; vertical-align:bottom; }}
.facts {{ display:grid; grid-template-columns:max-content 1fr; gap:.2rem 1.2rem; }}
.facts dt {{ color:var(--soft); }} .facts dd {{ margin:0; overflow-wrap:anywhere; }}
pre {{ background:var(--band); padding:.8rem; overflow-x:auto; font-size:.8rem; line-height:1.4; }}
summary {{ cursor:pointer; }}
figure {{ margin:.6rem 0 1.4rem; }} .plots {{ display:flex; flex-wrap:wrap; gap:1rem 2.5rem; }}
svg {{ max-width:100%; height:auto; font:12px system-ui,"Segoe UI",Roboto,sans-serif;
  fill:var(--ink); }}
.wide, .strip {{ overflow-x:auto; }}
.example {{ margin:0 0 1.3rem; break-inside:avoid; }}
.example > p {{ margin:.2rem 0; max-width:none; overflow-wrap:anywhere; }}
.strip {{ display:flex; gap:5px; align-items:flex-start; padding:2px 0 4px; }}
.strip figure {{ margin:0; width:84px; flex:none; }}
.strip img {{ display:block; width:78px; height:78px; border:3px solid var(--line); }}
.strip figcaption {{ font-size:.72rem; line-height:1.25; overflow-wrap:anywhere; }}
.strip .query {{ margin-right:12px; }} .strip .query img {{ border-color:var(--ink); }}
.strip .right img {{ border-color:var(--right); }}
.strip .wrong img {{ border-color:var(--wrong); border-style:dashed; }}
.strip .also img {{ border-color:var(--also); border-style:dotted; }}
.mark {{ font-weight:700; }} .right .mark {{ color:var(--right); }}
.wrong .mark {{ color:var(--wrong); }} .also .mark {{ color:var(--also); }}
.said {{ margin:0; padding-left:1.6rem; font-size:.875rem; line-height:1.4; }}
.pair {{ display:flex; gap:14px; align-items:flex-start; }}
@media print {{ body {{ max-width:none; padding:0; font-size:11pt; }}
  * {{ print-color-adjust:exact; -webkit-print-color-adjust:exact; }}
  h2, h3 {{ break-after:avoid; }} figure, table {{ break-inside:avoid; }}
  .strip {{ flex-wrap:nowrap; overflow:visible; }} .strip figure {{ width:56px; }}
  .strip img {{ width:52px; height:52px; }} }}
"""
