import { SetMetadata, type CustomDecorator } from '@nestjs/common';

export const EXTENSION = 'jsonapi:extension';

/** For routes that speak an extension of JSON:API: bodies of that media type have to name it, answers do. */
export const Extension = (uri: string): CustomDecorator => SetMetadata(EXTENSION, uri);
