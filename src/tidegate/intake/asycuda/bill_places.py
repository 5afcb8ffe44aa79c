"""Where each fact stands in a cargo manifest of ASYCUDA World (Awmds): one list for reader, writer and docs.

UNCTAD publishes no schema of these files either. Element names were looked up in public repositories that write them:
for Sri Lanka, the Maldives, Bangladesh (Import_Rotation, Seal_number, Gross_weight), Fiji, Panama and Madagascar.
Natures of bills (22 export, 23 import, 24 transit, 28 transhipment) are told there as well.
"""

# Tables that are read down their columns stay one row a line.
# ruff: noqa: E501

from __future__ import annotations

from tidegate.intake.asycuda.places import Place

__all__ = ["BILL", "BILL_LEFT", "BOX", "GOODS", "MANIFEST", "MASTER"]

# fmt: off
# Below General_segment.
MANIFEST: tuple[Place, ...] = (
    Place("office", "General_segment_id/Customs_office_code"),
    Place("voyage", "General_segment_id/Voyage_number"),
    Place("number", "General_segment_id/Import_Rotation", also=("General_segment_id/Manifest_reference_number", "General_segment_id/Registration_number"), makes="manifest_id", note="else OFFICE-VOYAGE-DEPARTURE"),
    Place("departed_on", "General_segment_id/Date_of_departure", makes="manifest_id"),
    Place("arrived_on", "General_segment_id/Date_of_arrival"),
    Place("bills_announced", "Totals_segment/Total_number_of_bols", note="checked against the bills that came"),
    Place("carrier_id", "Transport_information/Carrier/Carrier_code"),
    Place("transport_mode", "Transport_information/Mode_of_transport_code", note="of two digits the first"),
    Place("registered", "Transport_information/Registration_number_of_transport_code", makes="transport_id", note="IMO number"),
    Place("transport_id", "Transport_information/Identity_of_transporter", note="name, where there is no IMO number"),
    Place("departure", "Load_unload_place/Place_of_departure_code", makes="loading_port", note="where the bill has none"),
    Place("destination", "Load_unload_place/Place_of_destination_code", makes="unloading_port", note="where the bill has none"),
)

# Below Master_bol, which stands for the general segment where a master bill is broken down (Awbolds).
MASTER: tuple[Place, ...] = (
    Place("office", "Customs_office_code"),
    Place("voyage", "Voyage_number"),
    Place("departed_on", "Date_of_departure", makes="manifest_id"),
    Place("master_bill_id", "Reference_number"),
)

# Below Bol_segment.
BILL: tuple[Place, ...] = (
    Place("bill_id", "Bol_id/Bol_reference"),
    Place("master_bill_id", "Bol_id/Master_bol_ref_number"),
    Place("loading_port", "Load_unload_place/Place_of_loading_code"),
    Place("origin_port", "Load_unload_place/Port_of_origin_code", makes="loading_port", note="where there is no other"),
    Place("unloading_port", "Load_unload_place/Place_of_unloading_code"),
    Place("carrier_id", "Traders_segment/Carrier/Carrier_code", note="where the general segment has none"),
    Place("consignor_name", "Traders_segment/Exporter/Exporter_name"),
    Place("consignee_id", "Traders_segment/Consignee/Consignee_code"),
    Place("consignee_name", "Traders_segment/Consignee/Consignee_name"),
)

# Below ctn_segment: one container of the bill.
BOX: tuple[Place, ...] = (
    Place("container_id", "Ctn_reference"),
    Place("packages", "Number_of_packages"),
    Place("seal_1", "Marks1", makes="seals"),
    Place("seal_2", "Marks2", makes="seals"),
    Place("seal_3", "Marks3", makes="seals"),
    Place("seal_4", "Seal_number", makes="seals"),
    Place("gross_mass_kg", "Goods_weight", also=("Gross_weight",), note="of the bill in this container"),
)

# Below Goods_segment, of which a bill may have several.
GOODS: tuple[Place, ...] = (
    Place("packages", "Number_of_packages"),
    Place("package_type", "Package_type_code"),
    Place("gross_mass_kg", "Gross_mass"),
    Place("description", "Goods_description"),
    Place("seals", "Seals_segment/Marks_of_seals"),
    Place("container_id", "Container_item_references/Ctn_item_reference", note="whose goods these are"),
)

# What is not read, and why; intake counts every path that held something.
BILL_LEFT: tuple[tuple[str, str], ...] = (
    ("Time_of_arrival, Tonnage, Master_information, Shipping_Agent, Place_of_transporter, nationality", "no place in the table of bills"),
    ("Other totals (packages, containers, gross mass)", "sums of what the bills say"),
    ("Line_number, Bol_nature, Bol_type_code, Consolidated_Cargo, DG_status", "no place in the table of bills"),
    ("Notify; addresses of all parties", "no place in the table of bills"),
    ("Type_of_container, Empty_Full, Sealing_Party, IMCO, UN", "no place in the table of bills"),
    ("Shipping_marks, Volume_in_cubic_meters, Num_of_ctn_for_this_bol", "no place in the table of bills"),
    ("Value_segment, Location", "freight, declared values and warehouses of the bill: no place in the table of bills"),
)
# fmt: on
