import { IsBoolean, IsOptional, IsString, MaxLength } from 'class-validator';

/** What may be written of an e-mail address; whether it is one is asked where its normal form is made. */
export class EmailAddressAttributes {
  @IsString() @MaxLength(320) email: string;
  @IsOptional() @IsBoolean() primary?: boolean;
}

/** What may be written of a phone number. */
export class PhoneNumberAttributes {
  @IsString() @MaxLength(100) number: string;
  @IsOptional() @IsString() @MaxLength(50) location?: string | null;
  @IsOptional() @IsString() @MaxLength(20) extension?: string | null;
  @IsOptional() @IsBoolean() primary?: boolean;
}
