"""The example blog on the real programs of hosts: `.ci/hosts` fetches them and runs these tests.

They are collected only where `BLOG_HOSTS` names the `node_modules` folder with `netlify-cli`, `@netlify/build` and
`wrangler`: nearly a gigabyte that CI does not fetch at each change. What they show is shown on a stand-in each time, by
`tests/browser/test_hosting.py`.
"""
