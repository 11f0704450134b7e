import { IsOptional, IsString, Matches, MaxLength } from 'class-validator';

const NAME = 200;

/** What may be written of a person. Blanks are as missing; whether a day is in the calendar is asked by the merge. */
export class PersonAttributes {
  @IsOptional() @IsString() @MaxLength(NAME) first_name?: string | null;
  @IsOptional() @IsString() @MaxLength(NAME) middle_name?: string | null;
  @IsOptional() @IsString() @MaxLength(NAME) last_name?: string | null;
  @IsOptional() @IsString() @MaxLength(50) gender?: string | null;
  @IsOptional()
  @Matches(/^(\s*|\d{4}-\d{2}-\d{2})$/, { message: 'birth_date must be a date such as 2001-02-03' })
  birth_date?: string | null;
  @IsOptional() @IsString() @MaxLength(255) external_ref?: string | null;
}
