// Keeps what blog knows of the last build, so that Netlify builds only what changed. It can go at any time: then all is built.
const KEPT = ['.blog', 'public']

export const onPreBuild = ({ utils }) => utils.cache.restore(KEPT)

export const onPostBuild = ({ utils }) => utils.cache.save(KEPT)
