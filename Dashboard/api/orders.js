// Orders.

import { get, listIn } from "./client.js";

export const orderFrom = (body) => ({
  id: body.id ?? body.client_order_id ?? body.order_id, run: body.run_id ?? null, instrument: body.instrument ?? body.symbol,
  side: String(body.side ?? "").toUpperCase(), type: body.order_type ?? body.type ?? "", quantity: body.quantity ?? body.qty, filled: body.filled_quantity ?? body.filled ?? null,
  limit: body.limit ?? body.limit_price ?? null, stop: body.stop ?? body.stop_price ?? null, average: body.average_price ?? body.avg_fill_price ?? null,
  status: body.status, reason: body.reason ?? body.status_reason ?? null, created: body.created_at ?? body.submitted_at ?? body.time ?? null,
  updated: body.updated_at ?? null, timeInForce: body.time_in_force ?? null, correlationID: body.correlation_id ?? null, strategy: body.strategy ?? null,
  venueID: body.venue_order_id ?? null, fills: body.fills ?? [], raw: body,
});

/** A page of orders. */
export async function listOrders(query = {}, signal) {
  const found = listIn(await get("/api/v1/orders", { query, signal }), "orders");
  return { items: found.items.map(orderFrom), total: found.total };
}

export const getOrder = async (id, signal) => {
  const body = await get(`/api/v1/orders/${encodeURIComponent(id)}`, { signal });
  return orderFrom(body.order ?? body);
};
