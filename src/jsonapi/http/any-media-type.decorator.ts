import { SetMetadata, type CustomDecorator } from '@nestjs/common';

export const ANY_MEDIA_TYPE = 'jsonapi:any-media-type';

/** For routes that speak something else than JSON:API: their media types are their own affair. */
export const AnyMediaType = (): CustomDecorator => SetMetadata(ANY_MEDIA_TYPE, true);
