// Orders.

import { get, listIn } from "./client.js";

export const orderFrom = (body) => ({
  id: body.id, run: body.run_id ?? null, instrument: body.instrument, side: String(body.side ?? "").toUpperCase(), type: body.type ?? "",
  quantity: body.quantity, filled: body.filled_quantity ?? null, limit: body.limit_price ?? null, stop: body.stop_price ?? null, average: body.average_price ?? null,
  status: body.status, reason: body.reason ?? null, created: body.created_at ?? null, updated: body.updated_at ?? null, timeInForce: body.time_in_force ?? null,
  correlationID: body.correlation_id ?? null, venueID: body.venue_order_id ?? null, fills: body.fills ?? [], raw: body,
});

/** A page of orders. */
export async function listOrders(query = {}, signal) {
  const found = listIn(await get("/api/v1/orders", { query, signal }), "orders");
  return { items: found.items.map(orderFrom), total: found.total };
}

export const getOrder = async (id, signal) => {
  const body = await get(`/api/v1/orders/${encodeURIComponent(id)}`, { signal });
  return orderFrom(body);
};
