export const SITE_TITLE = "Astro lab";
export const SITE_DESCRIPTION = "Runs.";
