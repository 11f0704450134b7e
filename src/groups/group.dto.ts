import {
  IsBoolean,
  IsIn,
  IsISO31661Alpha2,
  IsNotEmpty,
  IsOptional,
  IsString,
  Length,
  MaxLength,
} from 'class-validator';

/** What may be written of a group. */
export class GroupAttributes {
  @IsString() @IsNotEmpty() @MaxLength(200) name: string;
  @IsOptional() @IsString() @Length(1, 255) external_ref?: string | null;
  @IsOptional() @IsISO31661Alpha2() phone_region?: string | null;
  @IsOptional() @IsIn(['by_name', 'match', 'separate']) match_conflicting_ref?: string | null;
  @IsOptional() @IsBoolean() match_name_guard?: boolean | null;
}
