import { SetMetadata, type CustomDecorator } from '@nestjs/common';

export const IS_PUBLIC = 'kith:public';

/** Opens a controller or a handler to callers without a token; everything else asks for one. */
export const Public = (): CustomDecorator => SetMetadata(IS_PUBLIC, true);
