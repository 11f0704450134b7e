import { IsBoolean, IsEmail, IsOptional, IsString, Length, MaxLength } from 'class-validator';

export const PASSWORD_LENGTH = { min: 12, max: 1024 } as const;

/** What may be written of a login; null says nothing. */
export class UserAttributes {
  @IsEmail() @MaxLength(320) email: string;
  @IsOptional() @IsString() @Length(PASSWORD_LENGTH.min, PASSWORD_LENGTH.max) password?: string | null;
  @IsOptional() @IsString() @MaxLength(PASSWORD_LENGTH.max) current_password?: string | null;
  @IsOptional() @IsBoolean() super_admin?: boolean | null;
  @IsOptional() @IsBoolean() active?: boolean | null;
}
