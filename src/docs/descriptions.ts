/** Nest's token for the OpenAPI document. */
export const DESCRIPTION = Symbol('OpenApiDocument');

/** Nest's token for the text of the profile. */
export const PROFILE = Symbol('Profile');
