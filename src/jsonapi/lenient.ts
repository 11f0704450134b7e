import type { ErrorCode } from './errors/catalog.js';

/**
 * Everything that `application/json` may do and `application/vnd.api+json` may not, for the apps that exist.
 * Each line has a test of its name.
 */
export const LENIENCIES = {
  unknown_parameters: 'unknown query parameters, filters and fields are ignored',
  filters_spelling: '`filters[...]` means `filter[...]`',
  attribute_at_the_end_of_include: 'a path of `include` may end in an attribute',
  unknown_attributes: 'unknown attributes and relationships are ignored',
  read_only_attributes: 'read-only attributes are ignored, whatever their value',
  put: '`PUT` means `PATCH`',
  null_id: '`data.id: null` at creation means no id',
  missing_identity: '`data`, `data.id` and `data.type` may be missing on updates',
  number_ids: 'ids may be JSON numbers',
  no_id_in_linkage: 'linkage without an id means null: undefined ids vanish in JSON',
  type_email: '`email` in `included` means `email_address`',
  unknown_included: 'other types in `included` are ignored',
  totals: '`meta.total` stands on every list',
  linkage: 'the linkage of every to-many relationship is shown',
} as const;

/** Types by the names that the apps use. */
export const TYPE_ALIASES: Readonly<Record<string, string>> = { email: 'email_address' };

/** Codes with another status than the catalog's: the mobile app takes 409 for success. */
export const LENIENT_STATUS: Readonly<Partial<Record<ErrorCode, number>>> = { ambiguous_match: 422 };

/** Codes whose sentence the apps compare with theirs. */
export const LENIENT_DETAIL: Readonly<Partial<Record<ErrorCode, string>>> = {
  protected_person: 'You are not allowed to edit first names of other MissionHub users',
};
