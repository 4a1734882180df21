// Keeps the cache of blog and its last output, so that Netlify builds only what changed. Without it everything is built.
import { homedir } from 'node:os'
import { join } from 'node:path'

const { BLOG_CACHE_DIR, XDG_CACHE_HOME } = process.env
const CACHE = BLOG_CACHE_DIR || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'blog')
const KEPT = [CACHE, 'public']

export const onPreBuild = ({ utils }) => utils.cache.restore(KEPT)

export const onPostBuild = ({ utils }) => utils.cache.save(KEPT)
