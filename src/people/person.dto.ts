import { IsISO8601, IsOptional, IsString, Length, Matches, MaxLength } from 'class-validator';

const NAME = 200;

/** What may be written of a person. */
export class PersonAttributes {
  @IsOptional() @IsString() @MaxLength(NAME) first_name?: string | null;
  @IsOptional() @IsString() @MaxLength(NAME) middle_name?: string | null;
  @IsOptional() @IsString() @MaxLength(NAME) last_name?: string | null;
  @IsOptional() @IsString() @MaxLength(50) gender?: string | null;
  @IsOptional()
  @Matches(/^\d{4}-\d{2}-\d{2}$/, { message: 'birth_date must be a date such as 2001-02-03' })
  @IsISO8601({ strict: true }, { message: 'birth_date must be a day of the calendar' })
  birth_date?: string | null;
  @IsOptional() @IsString() @Length(1, 255) external_ref?: string | null;
}
