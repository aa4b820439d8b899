import * as api from '../../../api/places.ts';
import { type BoundRoute, route } from '../../kernel/route.ts';
import { createPlace } from './create.ts';
import { demandPlace, placesThatBegin } from './read.ts';

export const placeRoutes: readonly BoundRoute[] = [
  route(api.createPlace, (ctx, { viewer, body }) => createPlace(ctx, viewer.personId, body)),
  route(api.findPlaces, (ctx, { query }) => placesThatBegin(ctx, query.q)),
  route(api.getPlace, (ctx, { params }) => demandPlace(ctx, params.place_id)),
];
